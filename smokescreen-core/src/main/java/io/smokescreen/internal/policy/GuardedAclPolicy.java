package io.smokescreen.internal.policy;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.AclDecision;
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
    private final FailureLog failures = new FailureLog("AclPolicy failed, the request is denied");

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
        AclDecision decision;
        try {
            decision = policy.decide(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failures.threw(e);
            return AclOutcome.FAILED;
        } catch (Throwable e) {
            // Errors too: a StackOverflowError or NoClassDefFoundError in a policy must not become a way past it.
            failures.threw(e);
            return AclOutcome.FAILED;
        }
        if (failures.isNull(decision)) {
            return AclOutcome.FAILED;
        }
        return new AclOutcome(decision, false);
    }
}
