package io.smokescreen.internal.tls;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What TLS towards clients is set up from. Two that are equal make the same TLS, so that a reload can leave it as it is.
 *
 * @param identity the proxy's key and certificates
 * @param clientAuthorities who signs clients' certificates; empty: clients are not asked for one
 * @param revocationLists who of them is revoked
 * @param clientCertificateRequired whether a client without a certificate is refused in the handshake
 * @param expiredListsRefused whether a client is refused where the revocation list that would tell is out of date
 * @param severalCommonNamesRefused whether a client's certificate with more than one common name is refused
 */
public record TlsSettings(
        ServerIdentity identity,
        List<X509Certificate> clientAuthorities,
        List<CrlFile> revocationLists,
        boolean clientCertificateRequired,
        boolean expiredListsRefused,
        boolean severalCommonNamesRefused) {

    /** {@return these with other authorities} */
    public TlsSettings withClientAuthorities(List<X509Certificate> value) {
        return new TlsSettings(
                identity,
                value,
                revocationLists,
                clientCertificateRequired,
                expiredListsRefused,
                severalCommonNamesRefused);
    }

    /** {@return these with other lists} */
    public TlsSettings withRevocationLists(List<CrlFile> value) {
        return new TlsSettings(
                identity,
                clientAuthorities,
                value,
                clientCertificateRequired,
                expiredListsRefused,
                severalCommonNamesRefused);
    }

    /** {@return these with a certificate required or not} */
    public TlsSettings withClientCertificateRequired(boolean value) {
        return new TlsSettings(
                identity, clientAuthorities, revocationLists, value, expiredListsRefused, severalCommonNamesRefused);
    }

    /** {@return these with lists that are out of date refused or not} */
    public TlsSettings withExpiredListsRefused(boolean value) {
        return new TlsSettings(
                identity,
                clientAuthorities,
                revocationLists,
                clientCertificateRequired,
                value,
                severalCommonNamesRefused);
    }

    /** {@return these with several common names refused or not} */
    public TlsSettings withSeveralCommonNamesRefused(boolean value) {
        return new TlsSettings(
                identity, clientAuthorities, revocationLists, clientCertificateRequired, expiredListsRefused, value);
    }
}
