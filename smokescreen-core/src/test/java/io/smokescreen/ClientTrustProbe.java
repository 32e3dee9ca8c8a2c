package io.smokescreen;

import io.smokescreen.internal.tls.RefusedCertificateException;
import io.smokescreen.internal.tls.TlsContext;
import io.smokescreen.internal.tls.VerifiedChain;
import io.smokescreen.testing.TestCertificates.Identity;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

/** Asks what a proxy with some options would say to a client's certificates, without a handshake. */
final class ClientTrustProbe {

    private ClientTrustProbe() {}

    /** {@return {@code trusted}, whether by lists that are out of date, or why not} */
    static String outcome(TlsOptions options, Identity client) throws CertificateException {
        return outcome(options.withProvider(TlsProvider.JDK).newContext(), client);
    }

    static String outcome(TlsContext context, Identity client) throws CertificateException {
        try {
            VerifiedChain chain =
                    context.trust().orElseThrow().verify(client.chain().toArray(X509Certificate[]::new));
            return chain.staleIssuers().isEmpty() ? "trusted" : "trusted by lists out of date";
        } catch (RefusedCertificateException e) {
            return e.refusal().name();
        }
    }
}
