package io.smokescreen.internal.exchange;

import io.smokescreen.internal.policy.GuardedRequestGate;
import org.jspecify.annotations.Nullable;

/**
 * What an application has plugged in behind the decision; null where it has not, so that nothing is made for nobody.
 *
 * @param gate has the last word on a request that the ACL allowed
 */
public record Hooks(@Nullable GuardedRequestGate gate) {}
