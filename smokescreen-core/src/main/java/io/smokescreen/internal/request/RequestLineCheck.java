package io.smokescreen.internal.request;

import org.jspecify.annotations.Nullable;

/**
 * {@code method SP target SP version CRLF} (RFC 9112 §3): one SP between the parts, a target of visible ASCII without a
 * fragment. One empty line before it is skipped (§2.2), as the RFC asks of servers.
 */
final class RequestLineCheck implements GrammarCheck {

    static final int MAX_METHOD_LENGTH = 32;

    private enum State {
        START,
        EMPTY_LINE_LF,
        METHOD,
        TARGET,
        VERSION,
        LF,
        COMPLETE
    }

    private final int maxLength;
    private final VersionCheck version = new VersionCheck();
    private State state = State.START;
    private int length;
    private int partLength;

    RequestLineCheck(HeadLimits limits) {
        this.maxLength = limits.startLineBytes();
    }

    @Override
    public @Nullable Malformation feed(int octet) {
        return switch (state) {
            case START -> start(octet);
            case EMPTY_LINE_LF -> octet == Octets.LF ? next(State.METHOD) : Malformation.BAD_LINE_END;
            case METHOD -> method(octet);
            case TARGET -> target(octet);
            case VERSION -> version(octet);
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
        state = State.START;
        length = 0;
        partLength = 0;
        version.reset();
    }

    private @Nullable Malformation start(int octet) {
        if (octet == Octets.CR) {
            return next(State.EMPTY_LINE_LF);
        }
        state = State.METHOD;
        return method(octet);
    }

    private @Nullable Malformation method(int octet) {
        if (octet == Octets.SP && partLength > 0) {
            return next(State.TARGET);
        }
        return Octets.isToken(octet) && partLength < MAX_METHOD_LENGTH ? grow() : Malformation.BAD_START_LINE;
    }

    private @Nullable Malformation target(int octet) {
        if (octet == Octets.SP && partLength > 0) {
            return next(State.VERSION);
        }
        return Octets.isVisible(octet) && octet != '#' ? grow() : Malformation.BAD_START_LINE;
    }

    private @Nullable Malformation version(int octet) {
        if (version.isComplete()) {
            return octet == Octets.CR ? next(State.LF) : Malformation.BAD_VERSION;
        }
        Malformation wrong = version.feed(octet);
        return wrong != null ? wrong : grow();
    }

    private @Nullable Malformation grow() {
        partLength++;
        return ++length > maxLength ? Malformation.START_LINE_TOO_LONG : null;
    }

    private @Nullable Malformation next(State next) {
        state = next;
        partLength = 0;
        return null;
    }
}
