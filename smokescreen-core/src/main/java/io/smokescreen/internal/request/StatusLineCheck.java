package io.smokescreen.internal.request;

import org.jspecify.annotations.Nullable;

/**
 * {@code version SP status SP reason CRLF} (RFC 9112 §4), status 100 to 599. The reason may be empty, and some servers
 * then leave out the SP before it.
 */
final class StatusLineCheck implements GrammarCheck {

    private enum State {
        VERSION,
        STATUS,
        REASON,
        LF,
        COMPLETE
    }

    private final int maxLength;
    private final VersionCheck version = new VersionCheck();
    private State state = State.VERSION;
    private int length;
    private int digits;

    StatusLineCheck(HeadLimits limits) {
        this.maxLength = limits.startLineBytes();
    }

    @Override
    public @Nullable Malformation feed(int octet) {
        if (++length > maxLength + 2) {
            return Malformation.START_LINE_TOO_LONG;
        }
        return switch (state) {
            case VERSION -> version(octet);
            case STATUS -> status(octet);
            case REASON -> reason(octet);
            case LF -> octet == Octets.LF ? next(State.COMPLETE) : Malformation.BAD_LINE_END;
            case COMPLETE -> throw new IllegalStateException("fed after the end");
        };
    }

    @Override
    public boolean isComplete() {
        return state == State.COMPLETE;
    }

    @Override
    public void reset() {
        state = State.VERSION;
        length = 0;
        digits = 0;
        version.reset();
    }

    private @Nullable Malformation version(int octet) {
        if (version.isComplete()) {
            return octet == Octets.SP ? next(State.STATUS) : Malformation.BAD_VERSION;
        }
        return version.feed(octet);
    }

    private @Nullable Malformation status(int octet) {
        if (digits == 3) {
            return switch (octet) {
                case Octets.SP -> next(State.REASON);
                case Octets.CR -> next(State.LF);
                default -> Malformation.BAD_START_LINE;
            };
        }
        boolean right = digits == 0 ? octet >= '1' && octet <= '5' : Octets.isDigit(octet);
        digits++;
        return right ? null : Malformation.BAD_START_LINE;
    }

    private @Nullable Malformation reason(int octet) {
        if (octet == Octets.CR) {
            return next(State.LF);
        }
        return Octets.isFieldContent(octet) ? null : Malformation.BAD_START_LINE;
    }

    private @Nullable Malformation next(State next) {
        state = next;
        return null;
    }
}
