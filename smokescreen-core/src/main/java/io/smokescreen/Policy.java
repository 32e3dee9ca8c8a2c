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
@FunctionalInterface
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
}
