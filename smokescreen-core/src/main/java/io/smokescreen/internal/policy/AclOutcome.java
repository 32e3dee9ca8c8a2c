package io.smokescreen.internal.policy;

import io.smokescreen.api.AclDecision;

/**
 * What came of asking an {@link io.smokescreen.api.AclPolicy}.
 *
 * @param decision the decision; where the policy failed, a denial
 * @param failed whether the policy threw or answered null, to be counted as {@code acl.decide_error}
 */
public record AclOutcome(AclDecision decision, boolean failed) {

    /** The policy threw or answered null, or gave no answer in time. */
    public static final AclOutcome FAILED = new AclOutcome(AclDecision.deny("the ACL policy failed"), true);
}
