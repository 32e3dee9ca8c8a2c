package io.smokescreen.internal.listener;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;

/**
 * What the first bytes of a connection are, as far as the PROXY protocol goes.
 *
 * @param state how far it is known
 * @param length of the header with everything in it, in bytes; where it is complete
 * @param bareLength of the header without extensions, in bytes; where it is complete
 * @param problem what is wrong with it, in fixed words; where it is malformed
 */
record ProxyHeader(State state, int length, int bareLength, String problem) {

    /** How far it is known what the first bytes are. */
    enum State {
        /** They may become a header. */
        INCOMPLETE,
        /** They are no header. */
        ABSENT,
        /** They are a whole header, valid in all its parts. */
        COMPLETE,
        /** They begin as a header and are none. */
        MALFORMED
    }

    /** How a header of version 1 begins. */
    static final byte[] V1_PREFIX = "PROXY ".getBytes(US_ASCII);

    /** How a header of version 2 begins. */
    static final byte[] V2_SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};

    static final ProxyHeader INCOMPLETE = new ProxyHeader(State.INCOMPLETE, 0, 0, "");

    private static final ProxyHeader ABSENT = new ProxyHeader(State.ABSENT, 0, 0, "");

    static ProxyHeader complete(int length, int bareLength) {
        return new ProxyHeader(State.COMPLETE, length, bareLength, "");
    }

    static ProxyHeader malformed(String problem) {
        return new ProxyHeader(State.MALFORMED, 0, 0, problem);
    }

    /** Looks at the readable bytes, and leaves them where they are. */
    static ProxyHeader check(ByteBuf in) {
        if (beginsAs(in, V1_PREFIX)) {
            return in.readableBytes() < V1_PREFIX.length ? INCOMPLETE : ProxyHeaderV1.check(in);
        }
        if (beginsAs(in, V2_SIGNATURE)) {
            return in.readableBytes() < V2_SIGNATURE.length ? INCOMPLETE : ProxyHeaderV2.check(in);
        }
        return ABSENT;
    }

    /** Whether the bytes are the prefix, or as much of it as is there. */
    private static boolean beginsAs(ByteBuf in, byte[] prefix) {
        int known = Math.min(in.readableBytes(), prefix.length);
        for (int i = 0; i < known; i++) {
            if (in.getByte(in.readerIndex() + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
