package io.smokescreen.internal.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Addresses as numbers: IPv4 in an int, IPv6 in two longs. */
final class Ip {

    private Ip() {}

    /** An IPv4 address in network order. The JIT removes the array. */
    static int v4(byte[] octets) {
        return (octets[0] & 0xff) << 24 | (octets[1] & 0xff) << 16 | (octets[2] & 0xff) << 8 | (octets[3] & 0xff);
    }

    /** The upper 64 bits of an IPv6 address. */
    static long high(byte[] bytes) {
        return eight(bytes, 0);
    }

    /** The lower 64 bits of an IPv6 address. */
    static long low(byte[] bytes) {
        return eight(bytes, 8);
    }

    /** Whether this is ::ffff:0:0/96, an IPv4 address in IPv6 notation (RFC 4291 §2.5.5.2). */
    static boolean isMapped(long high, long low) {
        return high == 0 && low >>> 32 == 0xffff;
    }

    static InetAddress ofV4(int address) {
        return ofBytes(new byte[] {
            (byte) (address >>> 24), (byte) (address >>> 16), (byte) (address >>> 8), (byte) address,
        });
    }

    /** The address of these bits; an IPv4-mapped one becomes IPv4. */
    static InetAddress ofV6(long high, long low) {
        return ofBytes(ByteBuffer.allocate(16).putLong(high).putLong(low).array());
    }

    /** The same address without host name and scope; an IPv4-mapped one becomes IPv4. */
    static InetAddress plain(InetAddress address) {
        return ofBytes(address.getAddress());
    }

    /** The address of these 4 or 16 bytes; an IPv4-mapped one becomes IPv4. */
    static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length, e);
        }
    }

    private static long eight(byte[] bytes, int at) {
        long value = 0;
        for (int i = at; i < at + 8; i++) {
            value = value << 8 | (bytes[i] & 0xff);
        }
        return value;
    }
}
