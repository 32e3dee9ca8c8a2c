package io.smokescreen.api;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * An external proxy that traffic is passed on to: reached over plain TCP ({@code http}) or over TLS ({@code https}), asked with
 * CONNECT for tunnels and with absolute URIs for plain HTTP.
 *
 * <p>Its address is resolved and judged like any other, see {@link NextHopSelector}.
 *
 * <p>Thread safety: immutable.
 *
 * @param tls whether it is spoken to over TLS, with its certificate verified
 * @param address its host and port
 * @param proxyAuthorization the value of {@code Proxy-Authorization} for it (RFC 9110 §11.7.2), such as {@code Basic dTpw}; no log
 *     line and no message holds it
 */
public record NextHop(boolean tls, Destination address, Optional<String> proxyAuthorization) {

    /** Checks that nothing is null. */
    public NextHop {
        requireNonNull(address, "address");
        requireNonNull(proxyAuthorization, "proxyAuthorization");
    }

    /**
     * {@return the URL without credentials}
     */
    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + address;
    }
}
