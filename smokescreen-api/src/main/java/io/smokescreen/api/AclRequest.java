package io.smokescreen.api;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * The question put to an {@link AclPolicy}: may this role reach this destination, by this way?
 *
 * @param role the client's role; empty only where missing roles are allowed
 * @param destination where the client wants to go
 * @param nextHop the external proxy the client asked to go through, if any
 */
public record AclRequest(Optional<String> role, Destination destination, Optional<Host> nextHop) {

    /** Checks that nothing is null. */
    public AclRequest {
        requireNonNull(role, "role");
        requireNonNull(destination, "destination");
        requireNonNull(nextHop, "nextHop");
    }

    /**
     * {@return the question without a next hop}
     *
     * @param role the client's role
     * @param host a name or an address, without brackets
     * @param port the port, 1 to 65535
     * @throws IllegalArgumentException if host or port is not valid
     */
    public static AclRequest of(String role, String host, int port) {
        return new AclRequest(Optional.of(role), Destination.of(host, port), Optional.empty());
    }
}
