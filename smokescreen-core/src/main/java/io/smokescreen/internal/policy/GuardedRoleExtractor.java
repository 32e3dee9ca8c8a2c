package io.smokescreen.internal.policy;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.RoleExtractor;
import java.util.Optional;

/**
 * The only way the engine asks a {@link RoleExtractor}: whatever the extractor does, there is an outcome, and what is not fit
 * to be a role is none.
 *
 * <p>Thread safety: as the extractor's.
 */
public final class GuardedRoleExtractor {

    private final RoleExtractor extractor;
    private final FailureLog failures = new FailureLog("RoleExtractor failed, the request is denied");

    /**
     * Creates one.
     *
     * @param extractor the application's extractor
     */
    public GuardedRoleExtractor(RoleExtractor extractor) {
        this.extractor = requireNonNull(extractor, "extractor");
    }

    /**
     * {@return the role, none, or that the extractor failed; never throws}
     *
     * @param request a well-formed request
     */
    public RoleOutcome role(ClientRequest request) {
        Optional<String> role;
        try {
            role = extractor.role(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failures.threw(e);
            return RoleOutcome.FAILED;
        } catch (Throwable e) {
            // Errors too: the request has no role then, and must not be taken for one that needs none.
            failures.threw(e);
            return RoleOutcome.FAILED;
        }
        if (failures.isNull(role)) {
            return RoleOutcome.FAILED;
        }
        return RoleOutcome.of(role);
    }
}
