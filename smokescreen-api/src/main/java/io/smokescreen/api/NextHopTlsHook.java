package io.smokescreen.api;

import javax.net.ssl.SSLParameters;

/**
 * Changes the parameters of TLS with a next hop: versions, cipher suites, server name. Of the versions it sets only TLS 1.2 and 1.3
 * are used, none of them being a failure, and the protocol on top (ALPN) stays HTTP/1.1.
 *
 * <p><b>When:</b> for each connection to a next hop whose URL says {@code https}, before the handshake. Go counterpart: {@code
 * Config.UpstreamProxyTLSConfigHandler}.
 *
 * <p><b>Thread:</b> must be thread-safe and return immediately (no remote calls); it is called on an event loop.
 *
 * <p><b>Failures:</b> a throw ends the request with 500. The next hop's certificate is verified for its host whatever the hook
 * says of that.
 *
 * <p><b>Who sees it:</b> the next hop.
 *
 * <pre>{@code
 * NextHopTlsHook onlyNewest = (request, hop, parameters) -> parameters.setProtocols(new String[] {"TLSv1.3"});
 * }</pre>
 */
@FunctionalInterface
public interface NextHopTlsHook {

    /**
     * Changes the parameters in place.
     *
     * @param request the request that needs the connection
     * @param hop the next hop
     * @param parameters what the proxy would use
     * @throws Exception for whatever reason; the request is refused
     */
    void configure(RequestContext request, NextHop hop, SSLParameters parameters) throws Exception;

    /** {@return a hook that changes nothing: the default} */
    static NextHopTlsHook none() {
        return (request, hop, parameters) -> {};
    }
}
