package io.smokescreen.internal.policy;

import io.smokescreen.api.RoleExtractor;
import java.util.Optional;

/**
 * What came of asking a {@link RoleExtractor}.
 *
 * @param role the role, usable; empty where there is none
 * @param failed whether the extractor threw or answered null: the request is denied, even where a missing role is allowed
 */
public record RoleOutcome(Optional<String> role, boolean failed) {

    static final RoleOutcome NONE = new RoleOutcome(Optional.empty(), false);
    /** The extractor failed, or gave no answer in time. */
    public static final RoleOutcome FAILED = new RoleOutcome(Optional.empty(), true);

    /** {@return the outcome where an extractor answered this: what is not fit to be a role is none} */
    public static RoleOutcome of(Optional<String> role) {
        return role.filter(RoleOutcome::isUsable).isPresent() ? new RoleOutcome(role, false) : NONE;
    }

    /** Returns whether the text counts as a role: not empty, not too long, without control characters. */
    static boolean isUsable(String role) {
        if (role.isEmpty() || role.length() > RoleExtractor.MAX_ROLE_LENGTH) {
            return false;
        }
        for (int i = 0; i < role.length(); i++) {
            if (Character.isISOControl(role.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
