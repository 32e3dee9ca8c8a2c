package io.smokescreen.internal.policy;

import io.smokescreen.api.Destination;
import io.smokescreen.api.Host;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a host list: {@code example.com} is that name, {@code *.example.com} every name below it, at any depth, but not
 * itself; an address is that address. With a port ({@code example.com:443}, {@code [2001:db8::1]:443}) it speaks of that
 * port, without one of all. Entries are in canonical form: what {@link Host} would make of them is what they say.
 *
 * @param text the entry as written
 * @param name the canonical name or address, without star and port
 * @param below whether the names below are meant, and not the name itself
 * @param port the port, or {@link #ANY_PORT}
 */
record Glob(String text, String name, boolean below, int port) {

    /** The port of an entry that has none. */
    static final int ANY_PORT = 0;

    private static final String BELOW_PREFIX = "*.";

    /** Returns the entry, or null where the text is not one; {@link GlobHint} then says why. */
    static @Nullable Glob tryParse(String text) {
        int colon = portColon(text);
        int port = colon < 0 ? ANY_PORT : parsePort(text, colon + 1);
        if (port < 0) {
            return null;
        }
        String host = colon < 0 ? text : text.substring(0, colon);
        if (host.startsWith("[")) {
            // Brackets only set an IPv6 address off from a port.
            boolean needed = colon > 0 && host.endsWith("]") && host.indexOf(':') > 0;
            host = needed ? host.substring(1, host.length() - 1) : "";
        }
        boolean below = host.startsWith(BELOW_PREFIX);
        String name = below ? host.substring(BELOW_PREFIX.length()) : host;
        boolean canonical = Host.tryParse(name)
                .filter(parsed -> parsed.text().equals(name))
                .filter(parsed -> !below || parsed.address().isEmpty())
                .isPresent();
        return canonical ? new Glob(text, name, below, port) : null;
    }

    /** Returns whether the entry speaks of a whole top-level domain, such as {@code *.com}. */
    boolean isTopLevelDomain() {
        return below && name.indexOf('.') < 0;
    }

    /** Returns the port that the text is, in decimal digits without a leading zero, or -1. */
    static int parsePort(String text, int start) {
        int length = text.length() - start;
        if (length < 1 || length > 5 || text.charAt(start) == '0') {
            return -1;
        }
        int port = 0;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            port = port * 10 + (c - '0');
        }
        return port <= Destination.MAX_PORT ? port : -1;
    }

    /** Returns where the colon before the port stands, or -1: an IPv6 address without brackets has no port. */
    private static int portColon(String text) {
        int last = text.lastIndexOf(':');
        if (text.startsWith("[")) {
            return last > 0 && text.charAt(last - 1) == ']' ? last : -1;
        }
        return last == text.indexOf(':') ? last : -1;
    }
}
