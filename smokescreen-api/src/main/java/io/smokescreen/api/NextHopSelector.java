package io.smokescreen.api;

import java.util.Optional;

/**
 * Chooses the proxy that a request is passed on to.
 *
 * <p><b>When:</b> for each request that the ACL and the gate allowed, inner MITM requests included, before anything is resolved.
 * For a CONNECT that is looked into nothing is connected, and it is asked all the same, then again for each request inside. Whoever
 * asks for a decision without a socket has it asked too, of a request as {@link RequestGate} describes. What it chooses comes before what the client asks for ({@code X-Upstream-Https-Proxy}), which comes before what is
 * configured. The ACL's {@code allowed_external_proxies} are about the client's choice only. Go counterpart: {@code
 * Config.SelectUpstreamProxy}.
 *
 * <p><b>Thread:</b> must be thread-safe and return immediately (no remote calls); it is called on an event loop, or on the
 * policy executor if the builder was given one.
 *
 * <p><b>Failures:</b> a throw, a {@code null} or an answer later than the policy timeout is a denial, never a direct connection.
 *
 * <p><b>Who sees it:</b> the next hop, which receives the destination; {@code upstream_proxy_selector.proxy_selected} counts
 * the times it chose one, of a CONNECT that is looked into and of the requests inside alike, decisions without a socket not.
 *
 * <p>The chosen proxy may be internal: it is the operator's word, good for exactly its host and port. Never make one of what a
 * client sent.
 *
 * <pre>{@code
 * NextHopSelector partners = request -> request.role().filter("partners"::equals).map(role -> partnerProxy);
 * }</pre>
 */
@FunctionalInterface
public interface NextHopSelector {

    /**
     * {@return the proxy to pass the request on to; empty: what the client asks for or what is configured counts}
     *
     * @param request a request that is allowed
     * @throws Exception for whatever reason; the request is denied
     */
    Optional<NextHop> select(RequestContext request) throws Exception;

    /** {@return a selector that chooses nothing: the default} */
    static NextHopSelector none() {
        return request -> Optional.empty();
    }
}
