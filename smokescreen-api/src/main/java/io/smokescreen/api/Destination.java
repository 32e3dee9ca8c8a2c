package io.smokescreen.api;

import static java.util.Objects.requireNonNull;

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
     * {@return {@code host:port}, an IPv6 address in brackets}
     */
    @Override
    public String toString() {
        boolean ipv6 = host.text().indexOf(':') >= 0;
        return ipv6 ? "[" + host.text() + "]:" + port : host.text() + ":" + port;
    }
}
