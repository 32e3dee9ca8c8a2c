package io.smokescreen;

/**
 * Asks for the decision on a request without a socket: the same code that decides on real requests, so that policies can
 * be unit-tested in process.
 *
 * <pre>{@code
 * PolicyVerdict verdict = proxy.policy().check("web", "api.example.com", 443);
 * assertThat(verdict.allowed()).isTrue();
 * }</pre>
 *
 * <p>Thread safety: safe from any thread; calls the application's policy on the calling thread.
 */
public interface Policy {

    /**
     * Asks for a decision. Never throws for what it is given: a host that is not one is a refusal.
     *
     * @param role the client's role; the empty string for a client without one
     * @param host a name or an address, as a client would write it, IPv6 without brackets
     * @param port the port
     * @return the verdict, its reason and the rule that matched
     */
    PolicyVerdict check(String role, String host, int port);

    /**
     * Asks for a decision on a target as it stands in a request. Never throws for what it is given: a target that is none is
     * a refusal, with the code {@code malformed-request}. Names are not looked up; {@link Smokescreen#explain} does that.
     *
     * @param role the client's role; the empty string for a client without one
     * @param target {@code host:port} as in CONNECT, or an {@code http} or {@code https} URL as in any other request
     * @param nextHop the URL of the proxy to go through, as in {@code X-Upstream-Https-Proxy}; the empty string for none
     * @return the verdict, its reason and the rule that matched
     */
    PolicyVerdict checkTarget(String role, String target, String nextHop);
}
