package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.smokescreen.internal.tls.CertificateOrder;
import io.smokescreen.internal.tls.Certificates;
import io.smokescreen.internal.tls.CrlFile;
import io.smokescreen.internal.tls.ServerIdentity;
import io.smokescreen.internal.tls.TlsContext;
import io.smokescreen.internal.tls.TlsSettings;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * TLS towards clients: the proxy's certificate, whose clients' certificates it trusts, and which of them no longer.
 *
 * <pre>{@code
 * TlsOptions.fromBundle(Path.of("server.pem"))
 *         .withClientAuthorityFiles(List.of(Path.of("clients-ca.pem")))
 *         .withRevocationListFiles(List.of(Path.of("clients.crl")))
 * }</pre>
 *
 * <p>Where there are client authorities, each client is asked for a certificate. One that does not lead to an authority, has
 * expired, is not for clients or is revoked, or whose issuer is, ends the handshake with an alert, before anything of a
 * request is read; a client without a certificate has no role, or is refused too, see {@link #withClientCertificateRequired}.
 *
 * <p>Files are read at once, in PEM: keys as PKCS#8, PKCS#1 or SEC1, unencrypted; RSA, EC or Ed25519. To read them again, make
 * other options. The protocol towards clients is HTTP/1.1; renegotiation is refused.
 *
 * <p>Thread safety: immutable. Two that are equal mean the same.
 *
 * @see SmokescreenBuilder#tls
 */
public final class TlsOptions {

    /** Default of {@link #withMinimumVersion}. */
    public static final TlsVersion DEFAULT_MINIMUM_VERSION = TlsVersion.TLS_1_2;

    /** Default of {@link #withProvider}. */
    public static final TlsProvider DEFAULT_PROVIDER = TlsProvider.AUTO;

    /** Default of {@link #withClientCertificateRequired}: {@value}. */
    public static final boolean DEFAULT_CLIENT_CERTIFICATE_REQUIRED = false;

    /** Default of {@link #withExpiredRevocationListsRefused}: {@value}. */
    public static final boolean DEFAULT_EXPIRED_REVOCATION_LISTS_REFUSED = false;

    /** Default of {@link #withSeveralCommonNamesRefused}: {@value}. */
    public static final boolean DEFAULT_SEVERAL_COMMON_NAMES_REFUSED = false;

    private final TlsSettings settings;
    private final TlsVersion minimumVersion;
    private final TlsProvider provider;

    private TlsOptions(TlsSettings settings, TlsVersion minimumVersion, TlsProvider provider) {
        this.settings = settings;
        this.minimumVersion = minimumVersion;
        this.provider = provider;
    }

    /**
     * {@return TLS without client certificates}
     *
     * @param key the private key of the proxy's certificate
     * @param certificates the proxy's certificate and its intermediates, leaf first
     * @throws IllegalArgumentException if there is no certificate, or the first one is not that of the key
     */
    public static TlsOptions of(PrivateKey key, List<X509Certificate> certificates) {
        requireNonNull(key, "key");
        List<X509Certificate> chain = List.copyOf(certificates);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("certificates is empty (expected the proxy's certificate first)");
        }
        if (!CertificateOrder.belong(key, chain.get(0).getPublicKey())) {
            throw new IllegalArgumentException("the key does not belong to the certificate '"
                    + chain.get(0).getSubjectX500Principal() + "' (expected its private key)");
        }
        return of(new ServerIdentity(key, chain));
    }

    /**
     * {@return TLS without client certificates, from one file with key, certificate and intermediates in any order}
     *
     * @param bundle a PEM file
     * @throws io.smokescreen.api.ConfigurationException if the file cannot be read, lacks something, or key and certificate do
     *     not match
     */
    public static TlsOptions fromBundle(Path bundle) {
        return of(ServerIdentity.read(requireNonNull(bundle, "bundle")));
    }

    /**
     * {@return TLS without client certificates, from two files}
     *
     * @param certificates a PEM file with the proxy's certificate and its intermediates in any order
     * @param key a PEM file with the private key
     * @throws io.smokescreen.api.ConfigurationException if a file cannot be read, lacks something, or key and certificate do
     *     not match
     */
    public static TlsOptions fromFiles(Path certificates, Path key) {
        return of(ServerIdentity.read(requireNonNull(certificates, "certificates"), requireNonNull(key, "key")));
    }

    /**
     * {@return these with clients asked for a certificate}
     *
     * @param authorities who signs clients' certificates; they replace the ones from before
     * @throws IllegalArgumentException if one is not the certificate of an authority
     */
    public TlsOptions withClientAuthorities(List<X509Certificate> authorities) {
        return with(settings.withClientAuthorities(Preconditions.authorities(authorities)));
    }

    /**
     * {@return these with clients asked for a certificate}
     *
     * @param files PEM files, each with one or more certificates of those who sign clients' certificates; they replace the ones
     *     from before
     * @throws io.smokescreen.api.ConfigurationException if a file cannot be read, or holds anything else
     */
    public TlsOptions withClientAuthorityFiles(List<Path> files) {
        return with(settings.withClientAuthorities(Certificates.authorities(List.copyOf(files))));
    }

    /**
     * {@return these with clients' certificates checked against revocation lists, from the client's own up to the authority's}
     *
     * <p>Each list must come from a client authority, which {@link SmokescreenBuilder#build} checks. Of several for the same
     * certificates the newest counts, by CRL number or else by date. Certificates no list is about are not revoked.
     *
     * @param lists complete and direct ones; they replace the ones from before
     * @throws io.smokescreen.api.ConfigurationException if one cannot be used
     */
    public TlsOptions withRevocationLists(List<X509CRL> lists) {
        return with(settings.withRevocationLists(
                List.copyOf(lists).stream().map(CrlFile::of).toList()));
    }

    /**
     * {@return these with clients' certificates checked against revocation lists, see {@link #withRevocationLists}}
     *
     * @param files PEM files, each with one or more lists, or DER files with one; they replace the ones from before
     * @throws io.smokescreen.api.ConfigurationException if a file cannot be read, or a list cannot be used
     */
    public TlsOptions withRevocationListFiles(List<Path> files) {
        return with(settings.withRevocationLists(CrlFile.read(List.copyOf(files))));
    }

    /**
     * {@return these with a client without a certificate refused in the handshake, or let in to have no role} Default:
     * {@value #DEFAULT_CLIENT_CERTIFICATE_REQUIRED}, let in.
     *
     * @param required true to refuse it; then there must be client authorities
     */
    public TlsOptions withClientCertificateRequired(boolean required) {
        return with(settings.withClientCertificateRequired(required));
    }

    /**
     * {@return these with a client refused, or let in, where the revocation list of its issuer is past its next update or not
     * yet valid} Default: {@value #DEFAULT_EXPIRED_REVOCATION_LISTS_REFUSED}, let in by what the list says, with a warning when
     * it is loaded and {@code crl.expired} counted each time.
     *
     * @param refused true to refuse it
     */
    public TlsOptions withExpiredRevocationListsRefused(boolean refused) {
        return with(settings.withExpiredListsRefused(refused));
    }

    /**
     * {@return these with a client's certificate refused that has more than one common name, or not} Default:
     * {@value #DEFAULT_SEVERAL_COMMON_NAMES_REFUSED}, the last one counts.
     *
     * @param refused true to refuse it
     */
    public TlsOptions withSeveralCommonNamesRefused(boolean refused) {
        return with(settings.withSeveralCommonNamesRefused(refused));
    }

    /**
     * {@return these with another lowest version of TLS} Default: {@link #DEFAULT_MINIMUM_VERSION}.
     *
     * @param version the lowest one that a client may speak
     */
    public TlsOptions withMinimumVersion(TlsVersion version) {
        return new TlsOptions(settings, requireNonNull(version, "version"), provider);
    }

    /**
     * {@return these with another implementation of TLS} Default: {@link #DEFAULT_PROVIDER}.
     *
     * @param value the implementation
     */
    public TlsOptions withProvider(TlsProvider value) {
        return new TlsOptions(settings, minimumVersion, requireNonNull(value, "provider"));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TlsOptions that
                && settings.equals(that.settings)
                && minimumVersion == that.minimumVersion
                && provider == that.provider;
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }

    /** Tells the subject of the certificate, never the key. */
    @Override
    public String toString() {
        return "TlsOptions[" + certificates().get(0).getSubjectX500Principal() + ", "
                + clientAuthorities().size() + " client authorities, "
                + settings.revocationLists().size() + " revocation lists]";
    }

    TlsSettings settings() {
        return settings;
    }

    List<X509Certificate> certificates() {
        return settings.identity().chain();
    }

    List<X509Certificate> clientAuthorities() {
        return settings.clientAuthorities();
    }

    TlsVersion minimumVersion() {
        return minimumVersion;
    }

    TlsProvider provider() {
        return provider;
    }

    /**
     * {@return a context with empty caches}
     *
     * @throws io.smokescreen.api.ConfigurationException if the options cannot be used, or not together
     */
    TlsContext newContext() {
        List<String> protocols =
                minimumVersion == TlsVersion.TLS_1_3 ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2");
        return TlsContext.of(settings, provider.implementation(), protocols);
    }

    private TlsOptions with(TlsSettings changed) {
        return new TlsOptions(changed, minimumVersion, provider);
    }

    private static TlsOptions of(ServerIdentity identity) {
        TlsSettings settings = new TlsSettings(
                identity,
                List.of(),
                List.of(),
                DEFAULT_CLIENT_CERTIFICATE_REQUIRED,
                DEFAULT_EXPIRED_REVOCATION_LISTS_REFUSED,
                DEFAULT_SEVERAL_COMMON_NAMES_REFUSED);
        return new TlsOptions(settings, DEFAULT_MINIMUM_VERSION, DEFAULT_PROVIDER);
    }
}
