package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.smokescreen.internal.tls.Certificates;
import io.smokescreen.internal.tls.UpstreamTls;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * TLS towards origins, where the proxy is the one to speak it: for {@code https://} URIs, and for the destinations of tunnels it
 * looks into (MITM). A tunnel it does not look into is the client's own, and none of this concerns it.
 *
 * <pre>{@code
 * OriginTlsOptions.systemTrust()
 *         .withAuthorityFiles(List.of(Path.of("/etc/ssl/internal-ca.pem")))
 * }</pre>
 *
 * <p>An origin's certificate must lead to an authority, be valid now and for servers, and name the host among its subject
 * alternative names: an address if the host is one. TLS 1.2 is the lowest version, the protocol HTTP/1.1, and SNI is sent where
 * the host is a name without an underscore. What fails is answered with 502 and the code {@code upstream-tls-failed}; there is no way to switch this
 * off. Revocation is not looked up, whatever {@code com.sun.net.ssl.checkRevocation} says. The handshake is part of
 * {@link TimeoutOptions#connect()}.
 *
 * <p>Leave the JVM's property {@code com.sun.security.enableAIAcaIssuers} unset: with it the JDK fetches certificates that an origin
 * did not send, from addresses which that origin names and nobody vets, and blocks an event loop meanwhile. It holds for the whole
 * JVM; the proxy cannot switch it off for itself.
 *
 * <p>Files are read at once, the system's trust store (the JDK's {@code cacerts}, or what {@code javax.net.ssl.trustStore} says)
 * when the first connection needs it. To read either again, make another proxy.
 *
 * <p>Thread safety: immutable. Two that are equal mean the same.
 *
 * @see SmokescreenBuilder#originTls
 */
public final class OriginTlsOptions {

    /** Default of {@link #withProvider}. */
    public static final TlsProvider DEFAULT_PROVIDER = TlsProvider.AUTO;

    private final List<X509Certificate> authorities;
    private final TlsProvider provider;

    private OriginTlsOptions(List<X509Certificate> authorities, TlsProvider provider) {
        this.authorities = authorities;
        this.provider = provider;
    }

    /** {@return TLS with origins whose certificates lead to an authority that the system trusts} */
    public static OriginTlsOptions systemTrust() {
        return new OriginTlsOptions(List.of(), DEFAULT_PROVIDER);
    }

    /**
     * {@return these with other authorities in place of the system's, or of those from before}
     *
     * @param value who signs origins' certificates
     * @throws IllegalArgumentException if there is none, or one is not the certificate of an authority
     */
    public OriginTlsOptions withAuthorities(List<X509Certificate> value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("authorities is empty (expected at least one)");
        }
        return new OriginTlsOptions(Preconditions.authorities(value), provider);
    }

    /**
     * {@return these with other authorities in place of the system's, or of those from before}
     *
     * @param files PEM files, each with one or more certificates of those who sign origins' certificates
     * @throws IllegalArgumentException if there is no file
     * @throws io.smokescreen.api.ConfigurationException if a file cannot be read, or holds anything else
     */
    public OriginTlsOptions withAuthorityFiles(List<Path> files) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("files is empty (expected at least one)");
        }
        return new OriginTlsOptions(Certificates.authorities(List.copyOf(files)), provider);
    }

    /**
     * {@return these with another implementation of TLS} Default: {@link #DEFAULT_PROVIDER}.
     *
     * @param value the implementation
     */
    public OriginTlsOptions withProvider(TlsProvider value) {
        return new OriginTlsOptions(authorities, requireNonNull(value, "provider"));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OriginTlsOptions that
                && authorities.equals(that.authorities)
                && provider == that.provider;
    }

    @Override
    public int hashCode() {
        return authorities.hashCode();
    }

    @Override
    public String toString() {
        String trust = authorities.isEmpty() ? "system trust" : authorities.size() + " authorities";
        return "OriginTlsOptions[" + trust + ", " + provider + "]";
    }

    List<X509Certificate> authorities() {
        return authorities;
    }

    TlsProvider provider() {
        return provider;
    }

    /**
     * {@return what connects with these}
     *
     * @throws io.smokescreen.api.ConfigurationException if the implementation does not load here
     */
    UpstreamTls newTls() {
        return authorities.isEmpty()
                ? UpstreamTls.trustingSystem(provider.implementationForAnyKey())
                : UpstreamTls.trusting(authorities, provider.implementationForAnyKey());
    }
}
