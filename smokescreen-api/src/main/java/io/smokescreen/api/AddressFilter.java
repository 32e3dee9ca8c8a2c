package io.smokescreen.api;

import java.net.InetAddress;

/**
 * Judges an address before anything is connected to.
 *
 * <p><b>When:</b> for each address a name resolved to and for each IP literal, with the port asked for. The addresses
 * of a next hop that a client asks for are judged likewise. Not asked about are the proxy's own addresses, which are refused before,
 * and those of a next hop that the operator chose, by configuration or selector: these may be internal, and are refused where they
 * are the proxy's own, a metadata service's or not of one host. Go counterpart: {@code classifyAddr}.
 *
 * <p><b>Thread:</b> must be thread-safe and return immediately (no remote calls); it is called on an event loop, or on the
 * policy executor if the builder was given one.
 *
 * <p><b>Failures:</b> a throw, a {@code null} or an answer later than the policy timeout is a denial.
 *
 * <p><b>Who sees it:</b> a client whose addresses are all denied is told the first one and its label; each verdict is
 * counted in {@code resolver.allow.*} or {@code resolver.deny.*}.
 *
 * <pre>{@code
 * AddressFilter webOnly = (address, port) ->
 *         port == 443 ? usual.check(address, port) : AddressVerdict.DENY_USER_CONFIGURED;
 * }</pre>
 */
@FunctionalInterface
public interface AddressFilter {

    /**
     * {@return the verdict}
     *
     * @param address an address; never an IPv4-mapped IPv6 one, those arrive as IPv4
     * @param port the port, 1 to 65535
     * @throws Exception for whatever reason; the address is denied
     */
    AddressVerdict check(InetAddress address, int port) throws Exception;

    /**
     * {@return a filter that denies every address}
     */
    static AddressFilter denyAll() {
        return (address, port) -> AddressVerdict.DENY_USER_CONFIGURED;
    }

    /**
     * A filter that judges nothing, for tests on loopback. A proxy that uses it reaches every address its machine
     * reaches, metadata services and internal hosts included.
     *
     * @return a filter that allows every address
     */
    static AddressFilter unsafeAllowAll() {
        return (address, port) -> AddressVerdict.ALLOW_USER_CONFIGURED;
    }
}
