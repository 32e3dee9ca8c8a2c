package io.smokescreen.internal.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;

/** Asks {@link ClientTrust} in a full handshake, so that the client gets an alert. A resumed handshake asks nobody. */
final class ClientTrustManager extends EngineTrustManager {

    private final ClientTrust trust;
    private final boolean nativeAlerts;

    /**
     * @param nativeAlerts whether the answer goes to BoringSSL, which takes the alert from the exception; the JDK says
     *     certificate_unknown whatever it was
     */
    ClientTrustManager(ClientTrust trust, boolean nativeAlerts) {
        this.trust = trust;
        this.nativeAlerts = nativeAlerts;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            trust.verify(chain);
        } catch (RefusedCertificateException e) {
            throw nativeAlerts ? NativeAlerts.of(e) : e;
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trust.acceptedIssuers().toArray(X509Certificate[]::new);
    }
}
