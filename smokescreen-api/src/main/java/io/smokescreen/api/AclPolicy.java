package io.smokescreen.api;

/**
 * Decides whether a role may reach a host.
 *
 * <p><b>When:</b> for every CONNECT and every plain HTTP request, after the role is known and before any name is resolved.
 * Go counterpart: {@code acl.Decider}.
 *
 * <p><b>Thread:</b> must be thread-safe and return immediately (no remote calls); it is called on an event loop, or on the
 * policy executor if the builder was given one.
 *
 * <p><b>Failures:</b> a throw, a {@code null} or an answer later than the policy timeout is a denial.
 *
 * <p><b>Who sees it:</b> the client sees the reason of a denial; the decision's log line and the metrics
 * {@code acl.allow}, {@code acl.report} and {@code acl.deny} hold all of it.
 *
 * <pre>{@code
 * AclPolicy onlyOurs = request -> request.destination().host().text().endsWith(".example.com")
 *         ? AclDecision.allow("host is ours")
 *         : AclDecision.deny("host is not ours");
 * }</pre>
 */
@FunctionalInterface
public interface AclPolicy {

    /**
     * {@return the decision}
     *
     * @param request role and destination, canonical
     * @throws Exception for whatever reason; the request is denied
     */
    AclDecision decide(AclRequest request) throws Exception;

    /**
     * {@return a policy that allows every role every host. The address filter still judges each address.}
     */
    static AclPolicy allowAll() {
        AclDecision allowed = AclDecision.allow("every host is allowed");
        return request -> allowed;
    }

    /**
     * {@return a policy that denies everything}
     */
    static AclPolicy denyAll() {
        AclDecision denied = AclDecision.deny("every host is denied");
        return request -> denied;
    }
}
