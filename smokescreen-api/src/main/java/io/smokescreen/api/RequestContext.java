package io.smokescreen.api;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What is known of a request while the proxy works on it: what was asked, by whom, and what was decided so far.
 *
 * <p>Thread safety: immutable.
 *
 * @param id the request's name in log lines
 * @param request what the client asked for
 * @param role the client's role, empty where it has none or none was asked for
 * @param decision what the ACL decided; empty before that
 * @param tunnel the destination of the CONNECT that this request came in, where the proxy looks inside ({@link MitmSettings});
 *     empty for all others
 */
public record RequestContext(
        String id,
        ClientRequest request,
        Optional<String> role,
        Optional<AclDecision> decision,
        Optional<Destination> tunnel) {

    /** Checks that nothing is null. */
    public RequestContext {
        requireNonNull(id, "id");
        requireNonNull(request, "request");
        requireNonNull(role, "role");
        requireNonNull(decision, "decision");
        requireNonNull(tunnel, "tunnel");
    }
}
