package io.smokescreen.internal.request;

import io.smokescreen.api.Host;
import java.util.Locale;
import java.util.Optional;

/** The proxy that a client asks to go through, in {@code X-Upstream-Https-Proxy}. */
public final class NextHop {

    private NextHop() {}

    /**
     * {@return the host of the proxy, or empty where the text is not {@code http://host:port} or {@code https://host:port}}
     *
     * @param url what the client wrote
     */
    public static Optional<Host> tryParse(String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        int schemeEnd = lower.indexOf("://");
        boolean known = lower.startsWith("http://") || lower.startsWith("https://");
        if (!known) {
            return Optional.empty();
        }
        String rest = lower.substring(schemeEnd + 3);
        String authority = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
        try {
            return Optional.of(Authority.parse(authority).host());
        } catch (MalformedMessageException e) {
            return Optional.empty();
        }
    }
}
