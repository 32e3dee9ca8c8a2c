package io.smokescreen.internal.exchange;

import io.smokescreen.internal.address.VettingRules;
import io.smokescreen.internal.policy.GuardedRoleExtractor;

/**
 * Everything that decides on a request and can be replaced while the proxy runs. A request takes one when it begins and is
 * judged by it to its end: wholly by the old rules or wholly by the new ones.
 *
 * @param roles tells the role
 * @param decisions role and ACL
 * @param addresses addresses
 */
public record Ruleset(GuardedRoleExtractor roles, Decisions decisions, VettingRules addresses) {}
