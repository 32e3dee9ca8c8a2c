package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.netty.handler.ssl.SslProvider;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.NextHop;
import io.smokescreen.api.NextHopConnectHook;
import io.smokescreen.api.NextHopSelector;
import io.smokescreen.api.NextHopTlsHook;
import io.smokescreen.internal.exchange.NextHops;
import io.smokescreen.internal.exchange.NoProxy;
import io.smokescreen.internal.policy.GuardedNextHopSelector;
import io.smokescreen.internal.tls.Certificates;
import io.smokescreen.internal.tls.UpstreamTls;
import io.smokescreen.internal.upstream.NextHopHooks;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * External proxies that traffic is passed on to, instead of going to its destination directly.
 *
 * <p>The next hop of a request is, in this order: what the {@link #selector} chooses; what the client asks for in {@code
 * X-Upstream-Https-Proxy}, where the ACL's {@code allowed_external_proxies} let its role have it (without an ACL: any); {@link #http} or {@link #https},
 * unless the destination is in {@link #noProxy}; else none. What cannot be read, a selector that fails, and a next hop that must not
 * or cannot be reached refuse the request. None of them ever becomes a direct connection.
 *
 * <p>The addresses of the destination are resolved and judged as without a next hop, and those of the next hop too. One that a client
 * asks for is judged by the same {@link AddressRules}. One that is configured here or that the selector chooses may be internal
 * (private and loopback addresses, CGNAT, 198.18.0.0/15): it is trusted for exactly its host and port, whatever the address rules
 * say. Metadata services, link-local addresses, what is not one host, and the proxy itself are refused all the same.
 *
 * <p>Tunnels, requests inside of them and {@code https} URIs pass a next hop by CONNECT; plain HTTP by absolute URIs. A CONNECT that
 * a next hop refuses is answered with 502 and its status in the message, and so is a plain HTTP request that it answers with 407:
 * that is between the two proxies. All other answers to plain HTTP reach the client, since nothing tells them from the origin's.
 *
 * <pre>{@code
 * NextHopOptions.defaults()
 *         .withHttps(NextHop.parse("https://me:secret@proxy.corp.example:3128"))
 *         .withNoProxy(List.of("corp.example", "10.0.0.0/8"))
 *         .withAuthorityFiles(List.of(Path.of("corp-ca.pem")))
 * }</pre>
 *
 * <p>Thread safety: immutable, if selector and hooks are.
 *
 * @param http the next hop of plain HTTP requests
 * @param https the next hop of CONNECT, of requests inside of tunnels and of {@code https} URIs
 * @param noProxy destinations that {@code http} and {@code https} are not used for: {@code *}, an IP address, a range, a domain with
 *     all names below it, {@code .domain} or {@code *.domain} for those below it only; {@code :port} may follow all but ranges. What
 *     counts is what the client asks for, not what it resolves to. {@code localhost} and loopback addresses always belong to them
 * @param selector chooses the next hop
 * @param connectHook adds header fields to a CONNECT for a next hop
 * @param tlsHook changes TLS with a next hop
 * @param authorities who may sign the certificates of next hops; empty: whom the system trusts
 * @param provider who implements TLS with next hops
 * @param vettedAddressSent whether a next hop is asked to connect to an address of the destination that was vetted, the first one,
 *     and not to its name, which it may resolve differently. Plain HTTP then takes a CONNECT too, which not every proxy allows for
 *     port 80
 * @see SmokescreenBuilder#nextHops
 */
public record NextHopOptions(
        Optional<NextHop> http,
        Optional<NextHop> https,
        List<String> noProxy,
        Optional<NextHopSelector> selector,
        Optional<NextHopConnectHook> connectHook,
        Optional<NextHopTlsHook> tlsHook,
        List<X509Certificate> authorities,
        TlsProvider provider,
        boolean vettedAddressSent) {

    /** Default of {@link #provider}. */
    public static final TlsProvider DEFAULT_PROVIDER = TlsProvider.AUTO;

    /** Default of {@link #vettedAddressSent}: {@value}. */
    public static final boolean DEFAULT_VETTED_ADDRESS_SENT = false;

    private static final NextHopOptions DEFAULTS = new NextHopOptions(
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            DEFAULT_PROVIDER,
            DEFAULT_VETTED_ADDRESS_SENT);

    /**
     * Checks and copies the lists.
     *
     * @throws ConfigurationException if an entry of {@code noProxy} is none; the message names it and what would be right
     * @throws IllegalArgumentException if one of the authorities is none
     */
    public NextHopOptions {
        requireNonNull(http, "http");
        requireNonNull(https, "https");
        noProxy = List.copyOf(noProxy);
        NoProxy.of(noProxy);
        requireNonNull(selector, "selector");
        requireNonNull(connectHook, "connectHook");
        requireNonNull(tlsHook, "tlsHook");
        authorities = Preconditions.authorities(authorities);
        requireNonNull(provider, "provider");
    }

    /** {@return no next hop but the one that a client asks for and may have} */
    public static NextHopOptions defaults() {
        return DEFAULTS;
    }

    /**
     * {@return these with what they leave open taken from environment variables: {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code
     * NO_PROXY}, or else those in lower case}
     *
     * <p>A proxy without a scheme is an {@code http} one. {@code NO_PROXY} is a list with commas, and counts for next hops that were
     * set otherwise too, as in Go's Smokescreen. Nothing but this method reads variables, and it reads those it is given.
     *
     * @param variables for example {@link System#getenv()}
     * @throws ConfigurationException if the value of one is none, or {@code HTTP_PROXY} is set in a CGI script ({@code
     *     REQUEST_METHOD} is there, too), where it may be a header field of a client; the message names the variable, never its value
     */
    public NextHopOptions withEnvironment(Map<String, String> variables) {
        return NextHopEnvironment.complete(this, Map.copyOf(variables));
    }

    /**
     * {@return these with a next hop for plain HTTP requests}
     *
     * @param value the proxy
     */
    public NextHopOptions withHttp(NextHop value) {
        return new NextHopOptions(
                Optional.of(value),
                https,
                noProxy,
                selector,
                connectHook,
                tlsHook,
                authorities,
                provider,
                vettedAddressSent);
    }

    /**
     * {@return these with a next hop for CONNECT, requests inside of tunnels and {@code https} URIs}
     *
     * @param value the proxy
     */
    public NextHopOptions withHttps(NextHop value) {
        return new NextHopOptions(
                http,
                Optional.of(value),
                noProxy,
                selector,
                connectHook,
                tlsHook,
                authorities,
                provider,
                vettedAddressSent);
    }

    /**
     * {@return these with other destinations that {@link #http} and {@link #https} are not used for}
     *
     * @param entries each as an entry of {@code NO_PROXY}; they replace the ones from before
     * @throws ConfigurationException if an entry is none
     */
    public NextHopOptions withNoProxy(List<String> entries) {
        return new NextHopOptions(
                http, https, entries, selector, connectHook, tlsHook, authorities, provider, vettedAddressSent);
    }

    /**
     * {@return these with somebody who chooses the next hop} It is asked for decisions without a socket too ({@link Policy}, {@link
     * Smokescreen#explain}).
     *
     * @param value the selector; must be thread-safe and return immediately (no remote calls), unless there is a {@link
     *     SmokescreenBuilder#policyExecutor}
     */
    public NextHopOptions withSelector(NextHopSelector value) {
        return new NextHopOptions(
                http,
                https,
                noProxy,
                Optional.of(value),
                connectHook,
                tlsHook,
                authorities,
                provider,
                vettedAddressSent);
    }

    /**
     * {@return these with header fields added to each CONNECT for a next hop}
     *
     * @param value the hook; must be thread-safe and return immediately (no remote calls)
     */
    public NextHopOptions withConnectHook(NextHopConnectHook value) {
        return new NextHopOptions(
                http, https, noProxy, selector, Optional.of(value), tlsHook, authorities, provider, vettedAddressSent);
    }

    /**
     * {@return these with other parameters of TLS with next hops}
     *
     * @param value the hook; must be thread-safe and return immediately (no remote calls)
     */
    public NextHopOptions withTlsHook(NextHopTlsHook value) {
        return new NextHopOptions(
                http,
                https,
                noProxy,
                selector,
                connectHook,
                Optional.of(value),
                authorities,
                provider,
                vettedAddressSent);
    }

    /**
     * {@return these with certificates of next hops from others than those the system trusts}
     *
     * @param certificates of those who sign; they replace the ones from before
     * @throws IllegalArgumentException if there is none, or one is not the certificate of an authority
     */
    public NextHopOptions withAuthorities(List<X509Certificate> certificates) {
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("authorities is empty (expected at least one)");
        }
        return new NextHopOptions(
                http, https, noProxy, selector, connectHook, tlsHook, certificates, provider, vettedAddressSent);
    }

    /**
     * {@return these with certificates of next hops from others than those the system trusts}
     *
     * @param files PEM files, each with one or more certificates of those who sign; they replace the ones from before
     * @throws IllegalArgumentException if there is no file
     * @throws ConfigurationException if a file cannot be read, or holds anything else
     */
    public NextHopOptions withAuthorityFiles(List<Path> files) {
        return withAuthorities(Certificates.authorities(List.copyOf(files)));
    }

    /**
     * {@return these with another implementation of TLS with next hops} Default: {@link #DEFAULT_PROVIDER}. One that does not load is
     * refused by {@link SmokescreenBuilder#build}.
     *
     * @param value the implementation
     */
    public NextHopOptions withProvider(TlsProvider value) {
        return new NextHopOptions(
                http, https, noProxy, selector, connectHook, tlsHook, authorities, value, vettedAddressSent);
    }

    /**
     * {@return these with another {@link #vettedAddressSent}} Default: {@value #DEFAULT_VETTED_ADDRESS_SENT}.
     *
     * @param value true to have next hops connect to addresses
     */
    public NextHopOptions withVettedAddressSent(boolean value) {
        return new NextHopOptions(http, https, noProxy, selector, connectHook, tlsHook, authorities, provider, value);
    }

    NextHops toNextHops() {
        return new NextHops(
                http.orElse(null),
                https.orElse(null),
                NoProxy.of(noProxy),
                selector.map(GuardedNextHopSelector::new).orElse(null),
                vettedAddressSent,
                connectHook.isPresent(),
                tlsHook.isPresent());
    }

    NextHopHooks toHooks() {
        return new NextHopHooks(
                connectHook.orElseGet(NextHopConnectHook::none), tlsHook.orElseGet(NextHopTlsHook::none));
    }

    /**
     * {@return what connects to next hops over TLS}
     *
     * @throws ConfigurationException if the authorities cannot be used, or the implementation does not load here
     */
    UpstreamTls newTls() {
        SslProvider implementation = provider.implementationForAnyKey();
        return authorities.isEmpty()
                ? UpstreamTls.trustingSystem(implementation)
                : UpstreamTls.trusting(authorities, implementation);
    }
}
