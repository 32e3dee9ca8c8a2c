package io.smokescreen.internal.listener;

import io.netty.buffer.ByteBuf;

/**
 * The form of a version 2 header, which is binary (PROXY protocol §2.2): signature, version and command, family, length,
 * addresses, extensions (TLVs). Each length is checked before what it speaks of is looked at, and extensions are walked over,
 * never into.
 */
final class ProxyHeaderV2 {

    /** Signature, version and command, family, length. */
    static final int FIXED_BYTES = 16;

    private static final int COMMAND_AT = 12;
    private static final int FAMILY_AT = 13;
    private static final int LENGTH_AT = 14;

    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;

    private static final int UNSPECIFIED = 0x00;
    private static final int TCP_OVER_IPV4 = 0x11;
    private static final int TCP_OVER_IPV6 = 0x21;
    private static final int IPV4_BYTES = 12;
    private static final int IPV6_BYTES = 36;

    private static final int TLV_FIXED_BYTES = 3;
    private static final int TLV_SSL = 0x20;
    private static final int TLV_SSL_MIN_BYTES = 5;

    private ProxyHeaderV2() {}

    /** Looks at bytes that begin with the signature. */
    static ProxyHeader check(ByteBuf in) {
        int available = in.readableBytes();
        if (available < FIXED_BYTES) {
            return ProxyHeader.INCOMPLETE;
        }
        int start = in.readerIndex();
        int command = in.getUnsignedByte(start + COMMAND_AT);
        if (command != LOCAL && command != PROXY) {
            return ProxyHeader.malformed("a version 2 header with an unknown version or command");
        }
        int length = FIXED_BYTES + in.getUnsignedShort(start + LENGTH_AT);
        if (length > ProxyProtocol.MAX_V2_HEADER_BYTES) {
            return ProxyHeader.malformed("a version 2 header that is too long");
        }
        int family = in.getUnsignedByte(start + FAMILY_AT);
        if (command == LOCAL || family == UNSPECIFIED) { // §2.2: whatever follows is to be ignored
            return available < length ? ProxyHeader.INCOMPLETE : ProxyHeader.complete(length, FIXED_BYTES);
        }
        int addresses = addressBytes(family);
        if (addresses < 0) {
            return ProxyHeader.malformed("a version 2 header for something other than TCP over IP");
        }
        int bareLength = FIXED_BYTES + addresses;
        if (length < bareLength) {
            return ProxyHeader.malformed("a version 2 header that is too short for its addresses");
        }
        if (available < length) {
            return ProxyHeader.INCOMPLETE;
        }
        return areExtensions(in, start + bareLength, start + length)
                ? ProxyHeader.complete(length, bareLength)
                : ProxyHeader.malformed("a version 2 header with malformed extensions");
    }

    /** {@return a complete header as if it had come without extensions, in a buffer of its own} */
    static ByteBuf bare(ByteBuf in, ProxyHeader header) {
        ByteBuf bare = in.copy(in.readerIndex(), header.bareLength());
        return bare.setShort(LENGTH_AT, header.bareLength() - FIXED_BYTES);
    }

    private static int addressBytes(int family) {
        return switch (family) {
            case TCP_OVER_IPV4 -> IPV4_BYTES;
            case TCP_OVER_IPV6 -> IPV6_BYTES;
            default -> -1;
        };
    }

    private static boolean areExtensions(ByteBuf in, int from, int end) {
        int at = from;
        while (at < end) {
            if (end - at < TLV_FIXED_BYTES) {
                return false;
            }
            int type = in.getUnsignedByte(at);
            int length = in.getUnsignedShort(at + 1);
            at += TLV_FIXED_BYTES;
            if (length > end - at || (type == TLV_SSL && length < TLV_SSL_MIN_BYTES)) {
                return false;
            }
            at += length;
        }
        return true;
    }
}
