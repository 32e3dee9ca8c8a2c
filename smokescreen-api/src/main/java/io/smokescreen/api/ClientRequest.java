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
 * @param clientAddress where the client is, as far as the proxy can vouch for it: what a PROXY protocol header from a
 *     trusted peer announced, or else the TCP peer. This is the one to decide by.
 * @param peerAddress the address and port of the TCP peer, which may be a load balancer
 * @param announcedAddress what a PROXY protocol header announced, whoever sent it; empty without one, or where it
 *     announced nobody. For information: unless it is the {@code clientAddress} too, it is only the peer's word.
 * @param certificates the client's certificate chain, leaf first, verified against the configured authorities; empty
 *     where the client presented none
 */
public record ClientRequest(
        String method,
        Destination destination,
        Headers headers,
        InetSocketAddress clientAddress,
        InetSocketAddress peerAddress,
        Optional<InetSocketAddress> announcedAddress,
        List<X509Certificate> certificates) {

    /** Copies the list of certificates. */
    public ClientRequest {
        requireNonNull(method, "method");
        requireNonNull(destination, "destination");
        requireNonNull(headers, "headers");
        requireNonNull(clientAddress, "clientAddress");
        requireNonNull(peerAddress, "peerAddress");
        requireNonNull(announcedAddress, "announcedAddress");
        certificates = List.copyOf(certificates);
    }

    /**
     * A request of a client that is the TCP peer itself.
     *
     * @param method the HTTP method, {@code CONNECT} for a tunnel
     * @param destination where the client wants to go
     * @param headers the header fields the client sent
     * @param clientAddress the address and port of the TCP peer
     * @param certificates the client's certificate chain, leaf first
     */
    public ClientRequest(
            String method,
            Destination destination,
            Headers headers,
            InetSocketAddress clientAddress,
            List<X509Certificate> certificates) {
        this(method, destination, headers, clientAddress, clientAddress, Optional.empty(), certificates);
    }

    /**
     * {@return the client's own certificate, verified, if it presented one}
     */
    public Optional<X509Certificate> certificate() {
        return certificates.isEmpty() ? Optional.empty() : Optional.of(certificates.get(0));
    }
}
