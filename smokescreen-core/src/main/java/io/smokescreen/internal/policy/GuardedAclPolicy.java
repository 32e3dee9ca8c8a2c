package io.smokescreen.internal.policy;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.AclPolicy;
import io.smokescreen.api.AclRequest;

/**
 * The only way the engine asks an {@link AclPolicy}: whatever the policy does, there is a decision, and where the policy did
 * not make one, it is a denial.
 *
 * <p>Thread safety: as the policy's.
 */
public final class GuardedAclPolicy {

    private final AclPolicy policy;
    private final Guard guard = new Guard("AclPolicy failed, the request is denied");

    /**
     * Creates one.
     *
     * @param policy the application's policy
     */
    public GuardedAclPolicy(AclPolicy policy) {
        this.policy = requireNonNull(policy, "policy");
    }

    /**
     * {@return the decision; never throws}
     *
     * @param request role and destination
     */
    public AclOutcome decide(AclRequest request) {
        return guard.ask(() -> policy.decide(request))
                .map(decision -> new AclOutcome(decision, false))
                .orElse(AclOutcome.FAILED);
    }
}
