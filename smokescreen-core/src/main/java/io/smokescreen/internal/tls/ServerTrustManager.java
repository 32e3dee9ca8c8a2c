package io.smokescreen.internal.tls;

import io.smokescreen.api.Host;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Judges the certificates of origins and next hops: do they lead to an authority, are they for servers, and for the host that
 * the engine was made for. What they are refused for is told in fixed words; nothing of a certificate is quoted.
 */
final class ServerTrustManager extends EngineTrustManager {

    /** The JDK's default for clients, which BoringSSL does not know. */
    private static final int MAX_CERTIFICATES = 10;

    private final X509ExtendedTrustManager authorities;
    private final boolean nativeAlerts;

    /**
     * @param authorities knows whom to trust
     * @param nativeAlerts whether the answer goes to BoringSSL, which takes the alert from the exception
     */
    ServerTrustManager(X509ExtendedTrustManager authorities, boolean nativeAlerts) {
        this.authorities = authorities;
        this.nativeAlerts = nativeAlerts;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            verify(chain, authType, engine);
        } catch (RefusedCertificateException e) {
            throw nativeAlerts ? NativeAlerts.of(e) : e;
        }
    }

    private void verify(X509Certificate[] chain, String authType, SSLEngine engine) throws RefusedCertificateException {
        if (chain.length == 0 || chain.length > MAX_CERTIFICATES) {
            throw new RefusedCertificateException(
                    Refusal.UNTRUSTED,
                    "it sent " + chain.length + " certificates (expected 1 to " + MAX_CERTIFICATES + ")");
        }
        if (!ServerNames.match(Host.parse(engine.getPeerHost()), chain[0])) {
            throw new RefusedCertificateException(Refusal.WRONG_NAME, "its certificate is not for this host");
        }
        try {
            authorities.checkServerTrusted(chain, authType, engine);
        } catch (CertificateException e) {
            throw refused(e);
        }
    }

    /** What the JDK found: without a fault in the path it was the name, or else the usage of the server's own certificate. */
    private static RefusedCertificateException refused(CertificateException failure) {
        boolean path = false;
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Object reason = cause instanceof CertPathValidatorException found ? found.getReason() : null;
            if (cause instanceof CertificateExpiredException || reason == BasicReason.EXPIRED) {
                return new RefusedCertificateException(
                        Refusal.EXPIRED, "its certificate, or that of an authority over it, has expired", failure);
            }
            if (cause instanceof CertificateNotYetValidException || reason == BasicReason.NOT_YET_VALID) {
                return new RefusedCertificateException(
                        Refusal.NOT_YET_VALID,
                        "its certificate, or that of an authority over it, is not yet valid",
                        failure);
            }
            if (reason == BasicReason.ALGORITHM_CONSTRAINED) {
                return new RefusedCertificateException(
                        Refusal.UNTRUSTED, "its certificate, or one that leads to it, uses a weak algorithm", failure);
            }
            path |= cause instanceof CertPathValidatorException || cause instanceof CertPathBuilderException;
        }
        if (path) {
            return new RefusedCertificateException(
                    Refusal.UNTRUSTED, "its certificate does not lead to a trusted authority", failure);
        }
        return failure.getClass() == CertificateException.class
                ? new RefusedCertificateException(
                        Refusal.WRONG_NAME, "its certificate is not for this host in a way that counts", failure)
                : new RefusedCertificateException(
                        Refusal.UNSUITABLE, "its certificate is not one for servers", failure);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.getAcceptedIssuers();
    }
}
