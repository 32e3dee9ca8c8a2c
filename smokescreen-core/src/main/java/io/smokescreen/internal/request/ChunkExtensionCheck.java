package io.smokescreen.internal.request;

import org.jspecify.annotations.Nullable;

/**
 * The extensions of a chunk's size line (RFC 9112 §7.1.1), from behind the first {@code ;} up to the CR. Nobody acts on
 * them; the line must only be impossible to read in two ways. Refused although the RFC has it: blanks at the end of the line
 * or behind a value, and bytes beyond ASCII.
 *
 * <pre>
 *   NAME_START → NAME → NAME_END ──'='→ VALUE_START → VALUE ─────────────────┬─';'→ NAME_START
 *                  └──────'='──────────────┘    └─'"'→ QUOTED → QUOTED_END ──┴─CR→ COMPLETE
 * </pre>
 */
final class ChunkExtensionCheck implements GrammarCheck {

    private enum State {
        NAME_START,
        NAME,
        NAME_END,
        VALUE_START,
        VALUE,
        QUOTED,
        ESCAPED,
        QUOTED_END,
        COMPLETE,
        BAD
    }

    private State state = State.NAME_START;

    @Override
    public @Nullable Malformation feed(int octet) {
        state = switch (state) {
            case NAME_START -> isBlank(octet) ? State.NAME_START : tokenOf(octet, State.NAME);
            case NAME -> isBlank(octet) ? State.NAME_END : octet == '=' ? State.VALUE_START : inToken(octet);
            case NAME_END -> afterName(octet);
            case VALUE_START -> valueStart(octet);
            case VALUE -> inToken(octet);
            case QUOTED -> quoted(octet);
            case ESCAPED -> isQuotable(octet) ? State.QUOTED : State.BAD;
            case QUOTED_END -> ended(octet);
            case COMPLETE, BAD -> throw new IllegalStateException("fed after the end");
        };
        return state == State.BAD ? Malformation.BAD_CHUNK : null;
    }

    @Override
    public boolean isComplete() {
        return state == State.COMPLETE;
    }

    @Override
    public void reset() {
        state = State.NAME_START;
    }

    private static State afterName(int octet) {
        if (isBlank(octet)) {
            return State.NAME_END;
        }
        return octet == '=' ? State.VALUE_START : octet == ';' ? State.NAME_START : State.BAD;
    }

    private static State valueStart(int octet) {
        if (isBlank(octet)) {
            return State.VALUE_START;
        }
        return octet == '"' ? State.QUOTED : tokenOf(octet, State.VALUE);
    }

    private static State quoted(int octet) {
        if (octet == '"') {
            return State.QUOTED_END;
        }
        return octet == '\\' ? State.ESCAPED : isQuotable(octet) ? State.QUOTED : State.BAD;
    }

    /** The same token goes on, or what follows it. */
    private State inToken(int octet) {
        return Octets.isToken(octet) ? state : ended(octet);
    }

    private static State tokenOf(int octet, State token) {
        return Octets.isToken(octet) ? token : State.BAD;
    }

    private static State ended(int octet) {
        return octet == ';' ? State.NAME_START : octet == Octets.CR ? State.COMPLETE : State.BAD;
    }

    private static boolean isBlank(int octet) {
        return octet == Octets.SP || octet == Octets.HT;
    }

    private static boolean isQuotable(int octet) {
        return isBlank(octet) || Octets.isVisible(octet);
    }
}
