package io.smokescreen.api;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * Where a client wants to go: a host and a TCP port. It exists only in canonical form, so two destinations that are
 * equal are the same place to every list, log line and metric.
 *
 * @param host the host, canonical
 * @param port the port, 1 to 65535
 */
public record Destination(Host host, int port) {

    /** The highest TCP port. */
    public static final int MAX_PORT = 65_535;

    private static final int MAX_PORT_DIGITS = 5;

    /**
     * Checks the port.
     *
     * @throws IllegalArgumentException if the port is not between 1 and {@value #MAX_PORT}
     */
    public Destination {
        requireNonNull(host, "host");
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("port " + port + " (expected 1 to " + MAX_PORT + ")");
        }
    }

    /**
     * {@return the destination}
     *
     * @param host a name or an address, without brackets
     * @param port the port, 1 to 65535
     * @throws IllegalArgumentException if the host is not one ({@link Host#parse}) or the port is out of range
     */
    public static Destination of(String host, int port) {
        return new Destination(Host.parse(host), port);
    }

    /**
     * Reads an authority that must say its port, as that of CONNECT. Nothing is decoded, mapped or repaired; never throws for
     * what it is given.
     *
     * @param authority {@code host:port}, an IPv6 address in brackets, nothing else in them; the port in decimal digits
     *     without a sign or a leading zero
     * @return the destination, or empty where the text is no such authority
     */
    public static Optional<Destination> tryParse(String authority) {
        return tryParse(authority, 0);
    }

    /**
     * Reads an authority that may leave out its port; one that ends in a colon does not. Otherwise as {@link
     * #tryParse(String)}.
     *
     * @param authority {@code host} or {@code host:port}
     * @param defaultPort the port where there is none, 1 to {@value #MAX_PORT}
     * @return the destination, or empty where the text is no such authority
     */
    public static Optional<Destination> tryParse(String authority, int defaultPort) {
        int bracket = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
        int hostEnd = bracket > 0 ? bracket : authority.length();
        int port = hostEnd == authority.length() ? defaultPort : port(authority, hostEnd);
        return port < 1 || port > MAX_PORT
                ? Optional.empty()
                : host(authority.substring(0, hostEnd)).map(host -> new Destination(host, port));
    }

    private static Optional<Host> host(String text) {
        boolean bracketed = text.length() > 2 && text.startsWith("[") && text.endsWith("]");
        String bare = bracketed ? text.substring(1, text.length() - 1) : text;
        if (bracketed != bare.indexOf(':') >= 0) {
            return Optional.empty();
        }
        // Every list, question and log line goes by the canonical text, so it must be a fixed point.
        return Host.tryParse(bare)
                .filter(host -> Host.tryParse(host.text()).filter(host::equals).isPresent());
    }

    /** Returns 0 where what begins there is not a colon and a port. */
    private static int port(String text, int colon) {
        int digits = text.length() - colon - 1;
        boolean plain = text.charAt(colon) == ':'
                && digits >= 1
                && digits <= MAX_PORT_DIGITS
                && text.charAt(colon + 1) != '0'
                && text.chars().skip(colon + 1L).allMatch(c -> c >= '0' && c <= '9');
        return plain ? Integer.parseInt(text, colon + 1, text.length(), 10) : 0;
    }

    /**
     * {@return {@code host:port}, an IPv6 address in brackets}
     */
    @Override
    public String toString() {
        boolean ipv6 = host.text().indexOf(':') >= 0;
        return ipv6 ? "[" + host.text() + "]:" + port : host.text() + ":" + port;
    }
}
