package io.smokescreen.internal.exchange;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AclRequest;
import io.smokescreen.internal.exchange.Rejection.Kind;
import io.smokescreen.internal.policy.AclOutcome;
import io.smokescreen.internal.policy.GateOutcome;
import io.smokescreen.internal.policy.GuardedAclPolicy;
import io.smokescreen.internal.policy.RoleOutcome;
import io.smokescreen.internal.request.Request;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What role and ACL have to say, as values: the same for requests on a socket and for {@code Policy.check}. Safe from any
 * thread.
 */
public final class Decisions {

    private static final String NO_ROLE = "Client role cannot be determined";
    private static final AclOutcome NO_ACL = new AclOutcome(AclDecision.allow("no ACL is configured"), false);

    private final @Nullable GuardedAclPolicy acl;
    private final boolean allowMissingRole;
    private final boolean looksInside;

    /**
     * @param acl the ACL; null: none, then no role is needed and every host is allowed
     * @param allowMissingRole whether a client without a role is judged by the ACL all the same
     * @param looksInside whether the proxy can look inside of tunnels; if not, those that a rule wants looked into are refused
     */
    public Decisions(@Nullable GuardedAclPolicy acl, boolean allowMissingRole, boolean looksInside) {
        this.acl = acl;
        this.allowMissingRole = allowMissingRole;
        this.looksInside = looksInside;
    }

    /** {@return the refusal of a client whose role is like this, if it is one} */
    Optional<Rejection> roleRefusal(RoleOutcome outcome, String host) {
        if (acl == null) {
            return Optional.empty();
        }
        return switch (outcome.state()) {
            case FAILED -> Optional.of(Rejection.denied(Kind.ROLE_FAILED, host, NO_ROLE));
            case OVERLOADED -> Optional.of(Rejections.overloaded());
            case ANSWERED ->
                outcome.role().isPresent() || allowMissingRole
                        ? Optional.empty()
                        : Optional.of(Rejection.denied(Kind.ROLE_MISSING, host, NO_ROLE));
        };
    }

    /** {@return the refusal of a request that names an unusable next hop, if it is one} */
    static Optional<Rejection> nextHopRefusal(Request request) {
        return request.hasInvalidNextHop() ? Optional.of(Rejections.nextHopInvalid(request)) : Optional.empty();
    }

    /** {@return what the ACL is asked about a request} */
    static AclRequest question(Request request, Optional<String> role) {
        return new AclRequest(
                role,
                request.destination(),
                request.nextHop().map(hop -> hop.address().host()));
    }

    /** {@return what the ACL decides; a failure of it is a denial} */
    AclOutcome decide(AclRequest request) {
        return acl == null ? NO_ACL : acl.decide(request);
    }

    /** {@return the refusal of a request of which the gate said this, if it is one} */
    static Optional<Rejection> gateRefusal(GateOutcome outcome, String host) {
        Kind kind = outcome.failed() ? Kind.POLICY_FAILED : Kind.GATE_DENIED;
        return outcome.refusal().map(reason -> Rejection.denied(kind, host, reason));
    }

    /** {@return the refusal of a request decided like this, if it is one} */
    Optional<Rejection> aclRefusal(AclOutcome outcome, Request request) {
        String host = request.authority();
        AclDecision decision = outcome.decision();
        if (outcome.failed()) {
            return Optional.of(Rejection.denied(Kind.POLICY_FAILED, host, decision.reason()));
        }
        if (!decision.isAllowed()) {
            return Optional.of(Rejection.denied(Kind.ACL_DENIED, host, decision.reason()));
        }
        boolean lookInside = request.isConnect() && decision.mitm().isPresent();
        return lookInside && !looksInside
                ? Optional.of(Rejections.mitmFailed(request, "the ACL asks for MITM, which is not enabled"))
                : Optional.empty();
    }
}
