package io.smokescreen.api;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Text to address and back. The JDK's and Netty's parsers are not used: they read {@code 127.1} and leading zeros, and
 * disagree with each other on {@code ::127.0.0.1}.
 */
final class IpText {

    private static final int IPV6_GROUPS = 8;

    private IpText() {}

    /** Reads exactly four decimal octets without leading zeros; null for anything else. */
    static @Nullable InetAddress parseIpv4(String text) {
        byte[] octets = new byte[4];
        return readQuad(text, 0, octets, 0) ? fromBytes(octets) : null;
    }

    /** Reads RFC 4291 §2.2 text, all three forms, without a zone; null for anything else. */
    static @Nullable InetAddress parseIpv6(String text) {
        byte[] bytes = new byte[16];
        int groups = 0;
        int gap = -1;
        int at = 0;
        int end = text.length();
        if (text.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < end) {
            if (groups == IPV6_GROUPS) {
                return null;
            }
            int digits = hexDigits(text, at);
            if (at + digits < end && text.charAt(at + digits) == '.') {
                if (groups > IPV6_GROUPS - 2 || !readQuad(text, at, bytes, groups * 2)) {
                    return null;
                }
                groups += 2;
                at = end;
                break;
            }
            if (digits < 1 || digits > 4) {
                return null;
            }
            int value = Integer.parseInt(text, at, at + digits, 16);
            bytes[groups * 2] = (byte) (value >> 8);
            bytes[groups * 2 + 1] = (byte) value;
            groups++;
            at += digits;
            if (at == end) {
                break;
            }
            if (text.charAt(at) != ':' || ++at == end) {
                return null;
            }
            if (text.charAt(at) == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = groups;
                at++;
            }
        }
        return place(bytes, groups, gap);
    }

    /** The address of these 4 or 16 bytes; an IPv4-mapped one is IPv4. */
    static InetAddress fromBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length, e);
        }
    }

    /** A dotted quad, or RFC 5952 §4: lower case, no leading zeros, the longest run of zero groups as {@code ::}. */
    static String format(InetAddress address) {
        if (address instanceof Inet4Address) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        int gapStart = -1;
        int gapLength = 1;
        for (int start = 0; start < IPV6_GROUPS; start++) {
            int length = 0;
            while (start + length < IPV6_GROUPS && group(bytes, start + length) == 0) {
                length++;
            }
            if (length > gapLength) {
                gapStart = start;
                gapLength = length;
            }
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < IPV6_GROUPS; i++) {
            if (i == gapStart) {
                text.append("::");
                i += gapLength - 1;
                continue;
            }
            if (i > 0 && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(group(bytes, i)));
        }
        return text.toString();
    }

    private static @Nullable InetAddress place(byte[] bytes, int groups, int gap) {
        if (gap < 0) {
            return groups == IPV6_GROUPS ? fromBytes(bytes) : null;
        }
        if (groups == IPV6_GROUPS) {
            return null;
        }
        int tail = (groups - gap) * 2;
        System.arraycopy(bytes, gap * 2, bytes, bytes.length - tail, tail);
        for (int i = gap * 2; i < bytes.length - tail; i++) {
            bytes[i] = 0;
        }
        return fromBytes(bytes);
    }

    /** Reads four octets that reach to the end of the text. */
    private static boolean readQuad(String text, int at, byte[] to, int offset) {
        int position = at;
        for (int i = 0; i < 4; i++) {
            if (i > 0 && (position >= text.length() || text.charAt(position++) != '.')) {
                return false;
            }
            int start = position;
            int value = 0;
            while (position < text.length() && isDigit(text.charAt(position)) && position - start < 3) {
                value = value * 10 + text.charAt(position++) - '0';
            }
            boolean leadingZero = position - start > 1 && text.charAt(start) == '0';
            if (position == start || value > 255 || leadingZero) {
                return false;
            }
            to[offset + i] = (byte) value;
        }
        return position == text.length();
    }

    private static int hexDigits(String text, int at) {
        int end = at;
        while (end < text.length() && end - at < 5 && isHex(text.charAt(end))) {
            end++;
        }
        return end - at;
    }

    private static int group(byte[] bytes, int index) {
        return ((bytes[index * 2] & 0xff) << 8) | (bytes[index * 2 + 1] & 0xff);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isHex(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}
