package io.smokescreen.internal.listener;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.smokescreen.api.Host;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;

/**
 * The grammar of a version 1 header, a line of text (PROXY protocol §2.1). Netty's decoder takes leading zeros and more than
 * one blank; senders that mean well write neither.
 */
final class ProxyHeaderV1 {

    /** The longest header with its line end, in bytes (§2.1). */
    static final int MAX_BYTES = 107;

    private static final int MAX_PORT = 65_535;
    private static final int MAX_PORT_DIGITS = 5;

    private ProxyHeaderV1() {}

    /** Looks at bytes that begin with the prefix. */
    static ProxyHeader check(ByteBuf in) {
        int start = in.readerIndex();
        int seen = Math.min(in.readableBytes(), MAX_BYTES);
        int lineFeed = in.indexOf(start, start + seen, (byte) '\n');
        if (lineFeed < 0) {
            return seen < MAX_BYTES
                    ? ProxyHeader.INCOMPLETE
                    : ProxyHeader.malformed("a version 1 header without a line end");
        }
        int length = lineFeed - start + 1;
        if (in.getByte(lineFeed - 1) != '\r') {
            return ProxyHeader.malformed("a version 1 header that does not end in CRLF");
        }
        String line = in.toString(start, length - 2, US_ASCII);
        return isLine(line)
                ? ProxyHeader.complete(length, length)
                : ProxyHeader.malformed("a version 1 header with a malformed line");
    }

    private static boolean isLine(String line) {
        // The decoder made U+FFFD of what is not ASCII.
        if (!line.chars().allMatch(c -> c >= 0x20 && c <= 0x7e)) {
            return false;
        }
        String[] words = line.split(" ", -1);
        if (words[1].equals("UNKNOWN")) {
            return true; // §2.1: the rest of the line must be ignored
        }
        return words.length == 6
                && isAddress(words[1], words[2])
                && isAddress(words[1], words[3])
                && isPort(words[4])
                && isPort(words[5]);
    }

    private static boolean isAddress(String family, String text) {
        Optional<InetAddress> address = Host.tryParse(text).flatMap(Host::address);
        boolean hasColon = text.indexOf(':') >= 0;
        return switch (family) {
            case "TCP4" ->
                !hasColon && address.filter(Inet4Address.class::isInstance).isPresent();
            case "TCP6" -> hasColon && address.isPresent(); // an IPv4-mapped one is written that way too
            default -> false;
        };
    }

    private static boolean isPort(String digits) {
        boolean decimal = !digits.isEmpty()
                && digits.length() <= MAX_PORT_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        boolean leadingZero = digits.length() > 1 && digits.charAt(0) == '0';
        return decimal && !leadingZero && Integer.parseInt(digits) <= MAX_PORT;
    }
}
