package io.smokescreen.api;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a request when its role is asked for: it is well-formed, and nothing has been decided yet.
 *
 * @param method the HTTP method, {@code CONNECT} for a tunnel
 * @param destination where the client wants to go
 * @param headers the header fields the client sent; what they say is the client's word
 * @param clientAddress the address and port of the TCP peer
 * @param certificates the client's certificate chain, leaf first, verified against the configured authorities; empty
 *     where the client presented none
 */
public record ClientRequest(
        String method,
        Destination destination,
        Headers headers,
        InetSocketAddress clientAddress,
        List<X509Certificate> certificates) {

    /** Copies the list of certificates. */
    public ClientRequest {
        requireNonNull(method, "method");
        requireNonNull(destination, "destination");
        requireNonNull(headers, "headers");
        requireNonNull(clientAddress, "clientAddress");
        certificates = List.copyOf(certificates);
    }

    /**
     * {@return the client's own certificate, verified, if it presented one}
     */
    public Optional<X509Certificate> certificate() {
        return certificates.isEmpty() ? Optional.empty() : Optional.of(certificates.get(0));
    }
}
