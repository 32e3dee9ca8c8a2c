package io.smokescreen.internal.policy;

import io.smokescreen.api.RoleExtractor;
import java.util.Optional;

/**
 * What came of asking a {@link RoleExtractor}.
 *
 * @param role the role, usable; empty where there is none
 * @param state how the asking ended
 */
public record RoleOutcome(Optional<String> role, State state) {

    /** How the asking ended. */
    public enum State {
        /** With a role, or with none. */
        ANSWERED,
        /** The extractor threw, answered null or too late: the request is denied, even where a missing role is allowed. */
        FAILED,
        /** The extractor is too busy: the client may come again. */
        OVERLOADED
    }

    /** The extractor failed, or gave no answer in time. */
    public static final RoleOutcome FAILED = new RoleOutcome(Optional.empty(), State.FAILED);

    static final RoleOutcome OVERLOADED = new RoleOutcome(Optional.empty(), State.OVERLOADED);
    static final RoleOutcome NONE = new RoleOutcome(Optional.empty(), State.ANSWERED);

    /** {@return the outcome where an extractor answered this: what is not fit to be a role is none} */
    public static RoleOutcome of(Optional<String> role) {
        return role.filter(RoleExtractor::isRole).isPresent() ? new RoleOutcome(role, State.ANSWERED) : NONE;
    }
}
