package io.smokescreen.api;

import java.util.Optional;

/**
 * Has the last word on a request that the ACL allowed.
 *
 * <p><b>When:</b> for each request that the ACL allowed, inner MITM requests included, before anything is resolved. Whoever
 * asks for a decision without a socket has the gate asked too: such a request has the id {@code dry-run}, the client address
 * {@code 0.0.0.0} with port 0, no certificates and no header fields of a client. Go counterpart: {@code
 * Config.PostDecisionRequestHandler}.
 *
 * <p><b>Thread:</b> must be thread-safe and return immediately (no remote calls); it is called on an event loop, or on the
 * policy executor if the builder was given one.
 *
 * <p><b>Failures:</b> a throw, a {@code null} or an answer later than the policy timeout is a denial with the code {@code
 * policy-failed}, counted in {@code acl.unknown_error}.
 *
 * <p><b>Who sees it:</b> the client, which is answered 407 with the reason and the code {@code gate-denied}, and the
 * decision's log line.
 *
 * <pre>{@code
 * RequestGate officeHours = request ->
 *         isOfficeHour() ? Optional.empty() : Optional.of("outside of office hours");
 * }</pre>
 */
@FunctionalInterface
public interface RequestGate {

    /**
     * {@return why the request is refused, in words for the client and the log; empty where it goes on}
     *
     * @param request a request that the ACL allowed
     * @throws Exception for whatever reason; the request is denied
     */
    Optional<String> refusal(RequestContext request) throws Exception;

    /** {@return a gate that lets everything pass: the default} */
    static RequestGate open() {
        return request -> Optional.empty();
    }
}
