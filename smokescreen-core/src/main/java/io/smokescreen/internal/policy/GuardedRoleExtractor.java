package io.smokescreen.internal.policy;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toUnmodifiableSet;

import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.RoleExtractor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

/**
 * The only way the engine asks a {@link RoleExtractor}: whatever the extractor does, there is an outcome, and what is not fit
 * to be a role is none.
 *
 * <p>Thread safety: as the extractor's.
 */
public final class GuardedRoleExtractor {

    private final RoleExtractor extractor;
    private final List<String> challenges;
    private final Set<String> ownHeaders;
    private final FailureLog failures = new FailureLog("RoleExtractor failed, the request is denied");

    /**
     * Creates one.
     *
     * @param extractor the application's extractor
     * @throws ConfigurationException if what it says of itself cannot be sent or matched
     */
    public GuardedRoleExtractor(RoleExtractor extractor) {
        this.extractor = requireNonNull(extractor, "extractor");
        this.challenges = List.copyOf(extractor.challenges());
        this.ownHeaders = extractor.ownHeaders().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(toUnmodifiableSet());
        challenges.forEach(GuardedRoleExtractor::requireFieldValue);
    }

    /** {@return the values of Proxy-Authenticate in each 407} */
    public List<String> challenges() {
        return challenges;
    }

    /** {@return the names of the header fields that no origin receives, in lower case} */
    public Set<String> ownHeaders() {
        return ownHeaders;
    }

    /**
     * {@return the role, none, or that the extractor failed; never throws, never completes with a failure}
     *
     * @param request a well-formed request
     */
    public CompletableFuture<RoleOutcome> role(ClientRequest request) {
        CompletableFuture<RoleOutcome> outcome = new CompletableFuture<>();
        try {
            CompletionStage<Optional<String>> answer = extractor.roleAsync(request);
            if (failures.isNull(answer)) {
                outcome.complete(RoleOutcome.FAILED);
                return outcome;
            }
            answer.whenComplete(
                    (role, failure) -> outcome.complete(failure == null ? judge(role) : failed(cause(failure))));
        } catch (Throwable e) {
            // Errors too: the request has no role then, and must not be taken for one that needs none.
            RoleOutcome none = failed(e);
            Guard.keepInterrupt(e);
            outcome.complete(none);
        }
        return outcome;
    }

    private RoleOutcome failed(Throwable failure) {
        if (failure instanceof RejectedExecutionException) {
            return RoleOutcome.OVERLOADED; // expected under load, and counted as such
        }
        failures.threw(failure);
        return RoleOutcome.FAILED;
    }

    private RoleOutcome judge(Optional<String> role) {
        return failures.isNull(role) ? RoleOutcome.FAILED : RoleOutcome.of(role);
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    private static void requireFieldValue(String challenge) {
        if (challenge.isEmpty() || !challenge.chars().allMatch(c -> c >= 0x20 && c <= 0x7e)) {
            throw new ConfigurationException("RoleExtractor.challenges holds what no header field can"
                    + " (expected visible ASCII such as 'Basic realm=\"smokescreen\"')");
        }
    }
}
