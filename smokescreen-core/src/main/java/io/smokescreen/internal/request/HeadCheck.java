package io.smokescreen.internal.request;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The whole head of a message: a start line and its fields. It remembers where it stopped, so waiting costs nothing. */
final class HeadCheck {

    private final GrammarCheck startLine;
    private final GrammarCheck fields;
    private int scanned;

    HeadCheck(GrammarCheck startLine, HeadLimits limits) {
        this.startLine = startLine;
        this.fields = new FieldSectionCheck(limits);
    }

    /** Looks at the bytes that came since the last call; nothing may be taken out of the buffer in between. */
    @Nullable
    Malformation scan(ByteBuf in) {
        int start = in.readerIndex();
        int end = in.writerIndex();
        for (int at = start + scanned; at < end && !isComplete(); at++) {
            GrammarCheck part = startLine.isComplete() ? fields : startLine;
            Malformation wrong = part.feed(in.getByte(at) & 0xff);
            if (wrong != null) {
                return wrong;
            }
            scanned++;
        }
        return null;
    }

    boolean isComplete() {
        return fields.isComplete();
    }

    /** The number of bytes of the head seen so far; all of it once complete. */
    int length() {
        return scanned;
    }

    void reset() {
        startLine.reset();
        fields.reset();
        scanned = 0;
    }
}
