package io.smokescreen.internal.request;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A chunked body (RFC 9112 §7.1), looked at before Netty decodes it.
 *
 * <pre>
 *   SIZE ─';'→ EXTENSION ─CR→ SIZE_LF ─size&gt;0→ DATA → DATA_CR → DATA_LF → SIZE
 *      └────────CR────────────────┘  └─size=0→ TRAILER
 * </pre>
 */
final class ChunkedCheck {

    /** The longest size line, extensions included, without its CRLF. */
    static final int MAX_SIZE_LINE = 256;

    private enum State {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER
    }

    private final GrammarCheck extension = new ChunkExtensionCheck();
    private final GrammarCheck trailer;
    private State state = State.SIZE;
    private long size;
    private int lineLength;
    private int ahead;

    ChunkedCheck(HeadLimits limits) {
        this.trailer = new FieldSectionCheck(limits);
    }

    /** Looks at the bytes that came since the last call. */
    @Nullable
    Malformation scan(ByteBuf in) {
        int start = in.readerIndex();
        int end = in.writerIndex();
        int at = start + ahead;
        while (at < end && !isComplete()) {
            if (state == State.DATA) {
                at += skipData(end - at);
                continue;
            }
            Malformation wrong = feed(in.getByte(at++) & 0xff);
            if (wrong != null) {
                return wrong;
            }
        }
        ahead = at - start;
        return null;
    }

    boolean isComplete() {
        return state == State.TRAILER && trailer.isComplete();
    }

    /** The bytes that were looked at and are still in the buffer. */
    int ahead() {
        return ahead;
    }

    /** Tells that bytes were taken out of the buffer. */
    void taken(int bytes) {
        ahead -= bytes;
    }

    private int skipData(int available) {
        int skipped = (int) Math.min(size, available);
        size -= skipped;
        if (size == 0) {
            state = State.DATA_CR;
        }
        return skipped;
    }

    private @Nullable Malformation feed(int octet) {
        return switch (state) {
            case SIZE -> sizeLine(octet);
            case EXTENSION -> extension(octet);
            case SIZE_LF -> octet == Octets.LF ? next(size > 0 ? State.DATA : State.TRAILER) : Malformation.BAD_CHUNK;
            case DATA_CR -> octet == Octets.CR ? next(State.DATA_LF) : Malformation.BAD_CHUNK;
            case DATA_LF -> octet == Octets.LF ? next(State.SIZE) : Malformation.BAD_CHUNK;
            case TRAILER -> trailer.feed(octet);
            case DATA -> throw new IllegalStateException("chunk data is skipped, not fed");
        };
    }

    private @Nullable Malformation sizeLine(int octet) {
        int digit = Octets.hexValue(octet);
        if (digit < 0) {
            boolean ends = lineLength > 0 && (octet == ';' || octet == Octets.CR);
            return ends ? next(octet == ';' ? State.EXTENSION : State.SIZE_LF) : Malformation.BAD_CHUNK;
        }
        if (lineLength == 0) {
            size = 0;
        }
        size = size * 16 + digit;
        return size > Integer.MAX_VALUE ? Malformation.BAD_CHUNK : grow();
    }

    private @Nullable Malformation extension(int octet) {
        Malformation wrong = extension.feed(octet);
        if (wrong != null) {
            return wrong;
        }
        return extension.isComplete() ? next(State.SIZE_LF) : grow();
    }

    private @Nullable Malformation grow() {
        return ++lineLength > MAX_SIZE_LINE ? Malformation.BAD_CHUNK : null;
    }

    private @Nullable Malformation next(State next) {
        state = next;
        if (next == State.SIZE) {
            lineLength = 0;
            extension.reset();
        }
        return null;
    }
}
