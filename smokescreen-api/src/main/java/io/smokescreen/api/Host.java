package io.smokescreen.api;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A host in its one canonical form: a DNS name in lower case without a trailing dot, or an IP address.
 *
 * <p>A request's host is parsed to this type once, strictly, before any list is read; the ACL, the resolver, the log and
 * the metrics see only the result. What {@link #parse} refuses is refused as a request. The rules:
 *
 * <ul>
 *   <li>An address is a dotted quad without leading zeros, or RFC 4291 text without a zone. {@code ::ffff:a.b.c.d} is the
 *       IPv4 address {@code a.b.c.d}. Nothing else that looks numeric is a host ({@code 127.1}, {@code 0x7f.1},
 *       {@code 2130706433}): some system parsers read those as addresses.
 *   <li>A name has at most {@value #MAX_NAME_LENGTH} characters, in labels of 1 to {@value #MAX_LABEL_LENGTH} letters,
 *       digits, {@code -} and {@code _}, none starting or ending with {@code -}. It is made lower case and loses one
 *       trailing dot. Punycode is compared as it stands; text that is not ASCII is not a host.
 * </ul>
 *
 * <p>Thread safety: immutable.
 */
public final class Host {

    /** The longest name, in characters (RFC 1035 §2.3.4, without the root's dot). */
    public static final int MAX_NAME_LENGTH = 253;

    /** The longest label of a name, in characters (RFC 1035 §2.3.4). */
    public static final int MAX_LABEL_LENGTH = 63;

    private final String text;
    private final @Nullable InetAddress address;

    private Host(String text, @Nullable InetAddress address) {
        this.text = text;
        this.address = address;
    }

    /**
     * Parses a host that must be valid, for example one in a configuration.
     *
     * @param text a name or an address, without brackets and without a port
     * @return the host in canonical form
     * @throws IllegalArgumentException if the text is neither; the message says what would be
     */
    public static Host parse(String text) {
        return tryParse(text)
                .orElseThrow(() -> new IllegalArgumentException("not a host: '" + printable(text)
                        + "' (expected a DNS name in ASCII such as 'api.example.com', or an IP address such as"
                        + " '192.0.2.1' or '2001:db8::1')"));
    }

    /**
     * Parses text that may come from anywhere. Never throws for what it is given.
     *
     * @param text a name or an address, without brackets and without a port
     * @return the host in canonical form, or empty where the text is not one
     */
    public static Optional<Host> tryParse(String text) {
        requireNonNull(text, "text");
        if (text.indexOf(':') >= 0) {
            return Optional.ofNullable(IpText.parseIpv6(text)).map(Host::of);
        }
        InetAddress quad = IpText.parseIpv4(text);
        if (quad != null) {
            return Optional.of(of(quad));
        }
        return Optional.ofNullable(canonicalName(text)).map(name -> new Host(name, null));
    }

    /**
     * {@return the host that is this address; an IPv4-mapped IPv6 address is its IPv4 address}
     *
     * @param address an address, with its scope ignored
     */
    public static Host of(InetAddress address) {
        InetAddress plain = IpText.fromBytes(address.getAddress());
        return new Host(IpText.format(plain), plain);
    }

    /**
     * {@return the canonical text: a lower-case name, a dotted quad, or an IPv6 address as RFC 5952 writes it (no brackets)}
     */
    public String text() {
        return text;
    }

    /**
     * {@return the address, where this host is one}
     */
    public Optional<InetAddress> address() {
        return Optional.ofNullable(address);
    }

    /**
     * {@return whether this is {@code localhost} or a name below it, which is the loopback address and never a question to a DNS server (RFC 6761 §6.3)}
     */
    public boolean isLocalhost() {
        return text.equals("localhost") || text.endsWith(".localhost");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Host host && host.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Returns the same as {@link #text()}. */
    @Override
    public String toString() {
        return text;
    }

    private static @Nullable String canonicalName(String text) {
        int length = text.endsWith(".") ? text.length() - 1 : text.length();
        if (length < 1 || length > MAX_NAME_LENGTH) {
            return null;
        }
        boolean upperCase = false;
        int labelStart = 0;
        for (int i = 0; i <= length; i++) {
            if (i == length || text.charAt(i) == '.') {
                if (!isLabel(text, labelStart, i)) {
                    return null;
                }
                if (i == length && looksNumeric(text, labelStart, i)) {
                    return null;
                }
                labelStart = i + 1;
                continue;
            }
            char c = text.charAt(i);
            if (!isNameCharacter(c)) {
                return null;
            }
            upperCase |= c >= 'A' && c <= 'Z';
        }
        String name = length == text.length() ? text : text.substring(0, length);
        return upperCase ? name.toLowerCase(Locale.ROOT) : name;
    }

    private static boolean isLabel(String text, int start, int end) {
        int length = end - start;
        return length >= 1 && length <= MAX_LABEL_LENGTH && text.charAt(start) != '-' && text.charAt(end - 1) != '-';
    }

    /** A last label that is all digits or starts with 0x makes the whole a number to some parsers (WHATWG URL §3.5). */
    private static boolean looksNumeric(String text, int start, int end) {
        if (end - start >= 2 && text.charAt(start) == '0' && (text.charAt(start + 1) | 0x20) == 'x') {
            return true;
        }
        for (int i = start; i < end; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isNameCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars()
                .limit(MAX_NAME_LENGTH)
                .forEach(c ->
                        shown.append(c >= 0x20 && c < 0x7f ? String.valueOf((char) c) : String.format("\\u%04x", c)));
        return shown.toString();
    }
}
