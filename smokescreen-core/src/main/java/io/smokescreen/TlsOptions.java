package io.smokescreen;

import static java.util.Objects.requireNonNull;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * TLS 1.2 and 1.3 towards clients. A client is asked for a certificate when there are client authorities; one that does
 * not verify ends the handshake, one that is missing leaves the client without.
 *
 * <p>Thread safety: immutable.
 *
 * @param key the private key of the proxy's certificate
 * @param certificates the proxy's certificate and its intermediates, leaf first
 * @param clientAuthorities the authorities that sign clients' certificates; empty: clients are not asked for one
 */
public record TlsOptions(PrivateKey key, List<X509Certificate> certificates, List<X509Certificate> clientAuthorities) {

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if there is no certificate
     */
    public TlsOptions {
        requireNonNull(key, "key");
        certificates = List.copyOf(certificates);
        clientAuthorities = List.copyOf(clientAuthorities);
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("certificates is empty (expected the proxy's certificate first)");
        }
    }

    /**
     * {@return TLS without client certificates}
     *
     * @param key the private key of the proxy's certificate
     * @param certificates the proxy's certificate and its intermediates, leaf first
     */
    public static TlsOptions of(PrivateKey key, List<X509Certificate> certificates) {
        return new TlsOptions(key, certificates, List.of());
    }

    /**
     * {@return these with clients asked for a certificate}
     *
     * @param authorities the authorities that sign clients' certificates
     */
    public TlsOptions withClientAuthorities(List<X509Certificate> authorities) {
        return new TlsOptions(key, certificates, authorities);
    }

    /** Tells the subject of the certificate, never the key. */
    @Override
    public String toString() {
        return "TlsOptions[" + certificates.get(0).getSubjectX500Principal() + ", " + clientAuthorities.size()
                + " client authorities]";
    }
}
