package io.smokescreen.internal.request;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Header or trailer field lines and the empty line after them (RFC 9112 §5): a token directly followed by {@code :}, no
 * folding, no control characters, CRLF and nothing else as line end.
 *
 * <p>It also refuses a second Content-Length, since Netty takes the first of several in an HTTP/1.0 message and drops the
 * rest before anybody else can see them.
 */
final class FieldSectionCheck implements GrammarCheck {

    private static final byte[] CONTENT_LENGTH = "content-length".getBytes(StandardCharsets.US_ASCII);

    private enum State {
        LINE_START,
        NAME,
        VALUE,
        LINE_LF,
        LAST_LF,
        COMPLETE
    }

    private final int maxBytes;
    private final int maxFields;
    private State state = State.LINE_START;
    private int bytes;
    private int fields;
    private int nameLength;
    private int contentLengthMatch;
    private boolean contentLengthSeen;

    FieldSectionCheck(HeadLimits limits) {
        this.maxBytes = limits.fieldBytes();
        this.maxFields = limits.fields();
    }

    @Override
    public @Nullable Malformation feed(int octet) {
        if (++bytes > maxBytes) {
            return Malformation.FIELDS_TOO_LARGE;
        }
        return switch (state) {
            case LINE_START -> lineStart(octet);
            case NAME -> name(octet);
            case VALUE -> value(octet);
            case LINE_LF -> octet == Octets.LF ? next(State.LINE_START) : Malformation.BAD_LINE_END;
            case LAST_LF -> octet == Octets.LF ? next(State.COMPLETE) : Malformation.BAD_LINE_END;
            case COMPLETE -> throw new IllegalStateException("fed after the end");
        };
    }

    @Override
    public boolean isComplete() {
        return state == State.COMPLETE;
    }

    @Override
    public void reset() {
        state = State.LINE_START;
        bytes = 0;
        fields = 0;
        contentLengthSeen = false;
    }

    private @Nullable Malformation lineStart(int octet) {
        if (octet == Octets.CR) {
            return next(State.LAST_LF);
        }
        if (++fields > maxFields) {
            return Malformation.TOO_MANY_FIELDS;
        }
        nameLength = 0;
        contentLengthMatch = 0;
        state = State.NAME;
        return name(octet);
    }

    private @Nullable Malformation name(int octet) {
        if (octet == ':' && nameLength > 0) {
            return nameEnd();
        }
        if (!Octets.isToken(octet)) {
            return Malformation.BAD_FIELD_NAME;
        }
        boolean matches = contentLengthMatch == nameLength
                && nameLength < CONTENT_LENGTH.length
                && CONTENT_LENGTH[nameLength] == Character.toLowerCase(octet);
        nameLength++;
        contentLengthMatch += matches ? 1 : 0;
        return null;
    }

    private @Nullable Malformation nameEnd() {
        boolean contentLength = nameLength == CONTENT_LENGTH.length && contentLengthMatch == nameLength;
        if (contentLength && contentLengthSeen) {
            return Malformation.BAD_FRAMING;
        }
        contentLengthSeen |= contentLength;
        return next(State.VALUE);
    }

    private @Nullable Malformation value(int octet) {
        if (octet == Octets.CR) {
            return next(State.LINE_LF);
        }
        return Octets.isFieldContent(octet) ? null : Malformation.BAD_FIELD_VALUE;
    }

    private @Nullable Malformation next(State next) {
        state = next;
        return null;
    }
}
