package io.smokescreen.api;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Tells who is asking: the role that the ACL is then consulted for.
 *
 * <p><b>When:</b> once per CONNECT or plain HTTP request, after TLS and after the request was parsed, before the ACL.
 * Go counterpart: {@code Config.RoleFromRequest}.
 *
 * <p><b>Thread:</b> must be thread-safe and return immediately (no remote calls); it is called on an event loop, or on the
 * policy executor if the builder was given one. An extractor that needs time overrides {@link #roleAsync} and answers later;
 * behind such a one in a chain ({@link #orElse}) an extractor is called on the thread that completed the answer.
 *
 * <p><b>Failures:</b> a throw, a {@code null} or an answer later than the policy timeout is a denial; only a
 * {@link java.util.concurrent.RejectedExecutionException} is answered with 503, so that the client comes again. An empty
 * result is a denial too, unless missing roles are allowed; then the ACL's default rule applies. A role that is empty,
 * longer than {@value #MAX_ROLE_LENGTH} characters or holds a control character is no role.
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
     * Answers now or later; this is what the proxy calls. What {@link #role} says, unless it is overridden.
     *
     * @param request a well-formed request nothing has been decided about
     * @return completed with the role, or with empty where the client has none; a failure of it denies the request, and so
     *     does an answer later than the policy timeout
     * @throws Exception for whatever reason; the request is denied
     */
    default CompletionStage<Optional<String>> roleAsync(ClientRequest request) throws Exception {
        return CompletableFuture.completedFuture(role(request));
    }

    /**
     * {@return what clients are told of how to authenticate: the values of {@code Proxy-Authenticate} in each 407, such as
     * {@code Basic realm="smokescreen"}; empty for none}
     *
     * <p>Asked once, when the proxy is built or the rules are reloaded.
     */
    default List<String> challenges() {
        return List.of();
    }

    /**
     * {@return the names of header fields that speak to the proxy alone: no origin receives them, whoever sent them}
     *
     * <p>{@code Proxy-Authorization} and all other {@code Proxy-} fields are never passed on anyway. Asked once, when the proxy
     * is built or the rules are reloaded.
     */
    default Set<String> ownHeaders() {
        return Set.of();
    }

    /**
     * {@return an extractor that asks this one, and where it finds no role the other}
     *
     * <p>Where this one fails, the request is denied and the other is not asked. Both can give the same role, so whoever hands
     * out names for the one has to know those of the other.
     *
     * @param other asked where this one finds no role
     */
    default RoleExtractor orElse(RoleExtractor other) {
        return new FirstRole(this, requireNonNull(other, "other"));
    }

    /**
     * {@return whether the text counts as a role: 1 to {@value #MAX_ROLE_LENGTH} characters, no control character}
     *
     * @param text a role, perhaps
     */
    static boolean isRole(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_ROLE_LENGTH
                && text.chars().noneMatch(Character::isISOControl);
    }

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
