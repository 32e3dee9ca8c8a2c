package io.smokescreen.internal.exchange;

import io.smokescreen.internal.policy.GuardedRequestGate;
import org.jspecify.annotations.Nullable;

/**
 * What an application has plugged in behind the decision; null where it has not, so that nothing is made for nobody.
 *
 * @param gate has the last word on a request that the ACL allowed
 * @param accepted adds to the responses of accepted requests
 * @param rejected adds to refusals
 * @param serverIpHeader whether accepted requests are answered with the address that is connected to
 */
public record Hooks(
        @Nullable GuardedRequestGate gate,
        @Nullable GuardedResponseDecorator accepted,
        @Nullable GuardedResponseDecorator rejected,
        boolean serverIpHeader) {}
