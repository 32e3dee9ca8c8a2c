package io.smokescreen.api;

import java.util.Map;

/**
 * Adds header fields to the CONNECT request that a next hop receives.
 *
 * <p><b>When:</b> for each CONNECT to a next hop, after the connection to it, and TLS with it, are established. Where to cannot be
 * changed: it is what was vetted. Go counterpart: {@code Config.UpstreamProxyConnectReqHandler}.
 *
 * <p><b>Thread:</b> must be thread-safe and return immediately (no remote calls); it is called on an event loop.
 *
 * <p><b>Failures:</b> a throw, a {@code null}, a name or value that HTTP does not have (values are visible ASCII, with
 * blanks and tabs inside only), or a field that the proxy sets itself, ends the request with 500 and the code {@code internal-error}. Those fields are
 * {@code Host}, {@code Connection}, {@code Proxy-Connection}, {@code Keep-Alive}, {@code TE}, {@code Trailer}, {@code Upgrade},
 * {@code HTTP2-Settings}, {@code Expect}, {@code Content-Length} and {@code Transfer-Encoding}, also with {@code _} for {@code
 * -}.
 *
 * <p><b>Who sees it:</b> the next hop.
 *
 * <pre>{@code
 * NextHopConnectHook trace = (request, hop) -> Map.of("X-Request-Id", request.id());
 * }</pre>
 */
@FunctionalInterface
public interface NextHopConnectHook {

    /**
     * {@return header fields by name; they replace the proxy's own, such as {@code Proxy-Authorization}}
     *
     * @param request the request that needs the tunnel
     * @param hop the next hop
     * @throws Exception for whatever reason; the request is refused
     */
    Map<String, String> headers(RequestContext request, NextHop hop) throws Exception;

    /** {@return a hook that adds nothing: the default} */
    static NextHopConnectHook none() {
        return (request, hop) -> Map.of();
    }
}
