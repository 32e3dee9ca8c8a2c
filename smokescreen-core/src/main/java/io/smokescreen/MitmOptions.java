package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.smokescreen.internal.mitm.HostContexts;
import io.smokescreen.internal.mitm.MitmAuthority;
import io.smokescreen.internal.tls.CertificateOrder;
import io.smokescreen.internal.tls.Certificates;
import io.smokescreen.internal.tls.ServerIdentity;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Looking inside of TLS where the ACL says so: the authority in whose name the proxy shows clients certificates for the hosts
 * they ask for. Whoever has its key can speak for every host to the clients that trust it; use an authority of its own for this.
 *
 * <pre>{@code
 * Smokescreen.builder()
 *         .aclPolicy(Acl.fromYaml(Path.of("acl.yaml"))) // with mitm_domains
 *         .mitm(MitmOptions.fromFiles(Path.of("mitm-ca.pem"), Path.of("mitm-ca.key")))
 * }</pre>
 *
 * <p>The certificates are for exactly the host of the CONNECT request, a name or an address, and the authority's own are sent
 * along. They share one key on P-256, made anew for each proxy and never written anywhere. A certificate is minted when its host
 * is first asked for, off the event loops, and kept for the next clients. Clients speak TLS 1.2 or 1.3, and HTTP/1.1.
 *
 * <p>The authority's key is RSA, EC (P-256, P-384, P-521) or Ed25519; few clients take certificates signed with the last.
 * {@link SmokescreenBuilder#build} refuses an authority that has expired or is not valid yet. When it expires later, hosts to be
 * looked into are refused.
 *
 * <p>Thread safety: immutable. Two that are equal mean the same.
 *
 * @see SmokescreenBuilder#mitm
 */
public final class MitmOptions {

    /**
     * How long a certificate is valid after it was minted, at most: 7 days, and no longer than the authority. It is replaced when
     * half of that is left. It begins a day before, for clients whose clocks are behind.
     */
    public static final Duration LEAF_VALIDITY = Duration.ofDays(7);

    /** For how many hosts certificates are kept, those used last: {@value}. */
    public static final int MAX_CACHED_CERTIFICATES = 1_000;

    /** Default of {@link #withProvider}. */
    public static final TlsProvider DEFAULT_PROVIDER = TlsProvider.AUTO;

    private final ServerIdentity authority;
    private final TlsProvider provider;

    private MitmOptions(ServerIdentity authority, TlsProvider provider) {
        this.authority = authority;
        this.provider = provider;
    }

    /**
     * {@return MITM in the name of the authority in two files, which are read at once}
     *
     * @param certificate a PEM file with the authority's certificate, and those between it and its root, in any order
     * @param key a PEM file with its private key: PKCS#8, PKCS#1 or SEC1, unencrypted
     * @throws io.smokescreen.api.ConfigurationException if a file cannot be read or lacks something, key and certificate do not
     *     match, or the certificate is not that of an authority, has expired or is not valid yet
     */
    public static MitmOptions fromFiles(Path certificate, Path key) {
        ServerIdentity authority =
                ServerIdentity.readAuthority(requireNonNull(certificate, "certificate"), requireNonNull(key, "key"));
        MitmAuthority.of(authority, Instant.now()); // said here too, where the caller knows which file it is
        return new MitmOptions(authority, DEFAULT_PROVIDER);
    }

    /**
     * {@return MITM in the name of an authority}
     *
     * @param key the authority's private key, which may stay in a hardware module
     * @param certificates the authority's certificate first, then those that lead from it to its root
     * @throws IllegalArgumentException if there is no certificate, the first one is not that of the key, or not that of an
     *     authority
     */
    public static MitmOptions of(PrivateKey key, List<X509Certificate> certificates) {
        requireNonNull(key, "key");
        List<X509Certificate> chain = List.copyOf(certificates);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("certificates is empty (expected the authority's certificate first)");
        }
        X509Certificate own = chain.get(0);
        String problem = Certificates.whyNotAuthority(own);
        if (!problem.isEmpty()) {
            throw new IllegalArgumentException("'" + own.getSubjectX500Principal() + "' " + problem);
        }
        if (!CertificateOrder.belong(key, own.getPublicKey())) {
            throw new IllegalArgumentException("the key does not belong to the certificate '"
                    + own.getSubjectX500Principal() + "' (expected its private key)");
        }
        return new MitmOptions(new ServerIdentity(key, chain), DEFAULT_PROVIDER);
    }

    /**
     * {@return these with another implementation of TLS towards clients} Default: {@link #DEFAULT_PROVIDER}. The authority's key
     * stays with the JDK whatever it is, so that it may be of any kind.
     *
     * @param value the implementation
     */
    public MitmOptions withProvider(TlsProvider value) {
        return new MitmOptions(authority, requireNonNull(value, "provider"));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MitmOptions that && authority.equals(that.authority) && provider == that.provider;
    }

    @Override
    public int hashCode() {
        return authority.hashCode();
    }

    /** Tells the subject of the authority, never the key. */
    @Override
    public String toString() {
        return "MitmOptions[" + authority.chain().get(0).getSubjectX500Principal() + "]";
    }

    TlsProvider provider() {
        return provider;
    }

    /**
     * {@return what makes TLS for hosts, with a new key}
     *
     * @throws io.smokescreen.api.ConfigurationException if the options cannot be used now
     */
    HostContexts newContexts() {
        return HostContexts.of(
                MitmAuthority.of(authority, Instant.now()), provider.implementationForAnyKey(), LEAF_VALIDITY);
    }
}
