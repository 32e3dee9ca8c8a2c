package io.smokescreen.api;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * An external proxy that traffic is passed on to: reached over plain TCP ({@code http}) or over TLS ({@code https}), asked with
 * CONNECT for tunnels and with absolute URIs for plain HTTP.
 *
 * <p>Its address is resolved and judged like any other, see {@link NextHopSelector}.
 *
 * <pre>{@code
 * NextHop partners = NextHop.parse("https://proxy.partner.example:3128");
 * }</pre>
 *
 * <p>Thread safety: immutable.
 *
 * @param tls whether it is spoken to over TLS, with its certificate verified
 * @param address its host and port
 * @param proxyAuthorization the value of {@code Proxy-Authorization} for it (RFC 9110 §11.7.2), such as {@code Basic dTpw}; no log
 *     line and no message holds it
 */
public record NextHop(boolean tls, Destination address, Optional<String> proxyAuthorization) {

    /** The port of an {@code http} URL without one: {@value}. */
    public static final int DEFAULT_HTTP_PORT = 80;

    /** The port of an {@code https} URL without one: {@value}. */
    public static final int DEFAULT_HTTPS_PORT = 443;

    /**
     * Checks that nothing is null, and that the authorization can stand in a header field.
     *
     * @throws IllegalArgumentException if the authorization is empty or holds anything but ASCII that can be printed
     */
    public NextHop {
        requireNonNull(address, "address");
        requireNonNull(proxyAuthorization, "proxyAuthorization");
        if (!proxyAuthorization.map(NextHop::isFieldValue).orElse(true)) {
            throw new IllegalArgumentException(
                    "proxyAuthorization is not a header field's value (expected a scheme, a blank"
                            + " and credentials, in visible ASCII)");
        }
    }

    /**
     * Reads the URL of a proxy: {@code http} or {@code https}, a host, perhaps a port (default: {@value #DEFAULT_HTTP_PORT} or
     * {@value #DEFAULT_HTTPS_PORT}), and before the host perhaps {@code user:password@}, percent-encoded, for Basic
     * authentication (RFC 7617, in UTF-8). Nothing may follow but a slash.
     *
     * @param url such as {@code http://proxy.example:3128} or {@code https://me:s%40fe@[2001:db8::1]:8443}
     * @return the proxy
     * @throws IllegalArgumentException if the text is none; the message never holds any of it, for there may be a password
     */
    public static NextHop parse(String url) {
        return tryParse(url)
                .orElseThrow(() -> new IllegalArgumentException("not the URL of a proxy (expected http://host:port or"
                        + " https://host:port, before the host perhaps user:password@, percent-encoded; no path, query or"
                        + " fragment)"));
    }

    /**
     * Reads text that may come from anywhere. Never throws for what it is given.
     *
     * @param url as for {@link #parse}
     * @return the proxy, or empty where the text is none
     */
    public static Optional<NextHop> tryParse(String url) {
        return NextHopUrl.parse(url);
    }

    /**
     * {@return the URL without credentials}
     */
    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + address;
    }

    private static boolean isFieldValue(String value) {
        return !value.isEmpty() && value.equals(value.strip()) && value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
    }
}
