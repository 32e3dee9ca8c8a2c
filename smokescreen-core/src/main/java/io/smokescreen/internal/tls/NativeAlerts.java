package io.smokescreen.internal.tls;

import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.security.cert.CertificateException;

/** Says to BoringSSL which alert the other side gets. Loaded only where BoringSSL is. */
final class NativeAlerts {

    private NativeAlerts() {}

    static CertificateException of(RefusedCertificateException refused) {
        return new OpenSslCertificateException(refused.getMessage(), refused, code(refused.refusal()));
    }

    private static int code(Refusal refusal) {
        return switch (refusal) {
            case REVOKED -> CertificateVerifier.X509_V_ERR_CERT_REVOKED; // certificate_revoked
            case EXPIRED -> CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED; // certificate_expired
            case UNTRUSTED -> CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY; // unknown_ca
            case UNSUITABLE -> CertificateVerifier.X509_V_ERR_INVALID_PURPOSE; // unsupported_certificate
            case NOT_YET_VALID, WRONG_NAME, SEVERAL_COMMON_NAMES, MISSING ->
                CertificateVerifier.X509_V_ERR_CERT_REJECTED; // bad_certificate
            case STALE_CRL -> CertificateVerifier.X509_V_ERR_APPLICATION_VERIFICATION; // handshake_failure
        };
    }
}
