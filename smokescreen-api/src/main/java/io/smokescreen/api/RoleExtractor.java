package io.smokescreen.api;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * Tells who is asking: the role that the ACL is then consulted for.
 *
 * <p><b>When:</b> once per CONNECT or plain HTTP request, after TLS and after the request was parsed, before the ACL.
 * Go counterpart: {@code Config.RoleFromRequest}.
 *
 * <p><b>Thread:</b> must be thread-safe and return immediately (no remote calls); it is called on an event loop, or on the
 * policy executor if the builder was given one.
 *
 * <p><b>Failures:</b> a throw, a {@code null} or an answer later than the policy timeout is a denial. An empty result is a
 * denial too, unless missing roles are allowed; then the ACL's default rule applies. A role that is empty, longer than
 * {@value #MAX_ROLE_LENGTH} characters or holds a control character is no role.
 *
 * <p><b>Who sees it:</b> the ACL, the decision's log line and, where the ACL has a rule for the role, metric tags.
 *
 * <pre>{@code
 * RoleExtractor byUnit = request -> request.certificate().flatMap(Roles::organizationalUnit);
 * }</pre>
 */
@FunctionalInterface
public interface RoleExtractor {

    /** The longest role that counts as one, in characters. */
    int MAX_ROLE_LENGTH = 256;

    /**
     * {@return the role, or empty where the client has none}
     *
     * @param request a well-formed request nothing has been decided about
     * @throws Exception for whatever reason; the request is denied
     */
    Optional<String> role(ClientRequest request) throws Exception;

    /**
     * {@return an extractor that always answers {@code role}, for a proxy with one client}
     *
     * @param role the role of every client
     */
    static RoleExtractor constant(String role) {
        Optional<String> answer = Optional.of(requireNonNull(role, "role"));
        return request -> answer;
    }

    /**
     * {@return an extractor that never finds a role}
     */
    static RoleExtractor none() {
        return request -> Optional.empty();
    }
}
