package io.smokescreen;

import io.smokescreen.internal.x509.AlternativeNames;
import io.smokescreen.internal.x509.Fingerprint;
import io.smokescreen.internal.x509.SubjectNames;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Reads the client's role out of its certificate.
 *
 * <p>For use in a {@link io.smokescreen.api.RoleExtractor}, where the certificate's chain has been verified:
 *
 * <pre>{@code
 * Smokescreen.builder()
 *         .roleExtractor(request -> request.certificate().flatMap(Roles::organizationalUnit))
 * }</pre>
 *
 * <p>Names are taken as they are encoded, without trimming or changing case. Where the subject holds a name of the wanted
 * kind that is not a readable string, there is no role at all.
 *
 * <p>Thread safety: all methods may be called from any thread.
 *
 * @see SmokescreenBuilder#roleExtractor
 */
public final class Roles {

    private Roles() {}

    /**
     * {@return the common name of the certificate's subject, the last one if there are several; empty if there is none or it
     * is the empty string}
     *
     * @param certificate a verified certificate
     */
    public static Optional<String> commonName(X509Certificate certificate) {
        return SubjectNames.commonName(certificate);
    }

    /**
     * {@return the organizational unit of the certificate's subject, the first one if there are several; empty if there is
     * none or it is the empty string}
     *
     * @param certificate a verified certificate
     */
    public static Optional<String> organizationalUnit(X509Certificate certificate) {
        return SubjectNames.organizationalUnit(certificate);
    }

    /**
     * {@return the DNS names among the certificate's alternative names, in their order; a name may begin with {@code *.}}
     *
     * @param certificate a verified certificate
     */
    public static List<String> dnsNames(X509Certificate certificate) {
        return AlternativeNames.dnsNames(certificate);
    }

    /**
     * {@return the certificate's SPIFFE ID, such as {@code spiffe://example.org/web}: its only URI among the alternative names;
     * empty if that is no SPIFFE ID of a workload, or there are several}
     *
     * @param certificate a verified certificate
     */
    public static Optional<String> spiffeId(X509Certificate certificate) {
        return AlternativeNames.spiffeId(certificate);
    }

    /**
     * {@return the URIs among the certificate's alternative names, in their order}
     *
     * @param certificate a verified certificate
     */
    public static List<String> uris(X509Certificate certificate) {
        return AlternativeNames.uris(certificate);
    }

    /**
     * {@return the mail addresses among the certificate's alternative names, in their order}
     *
     * @param certificate a verified certificate
     */
    public static List<String> emailAddresses(X509Certificate certificate) {
        return AlternativeNames.emailAddresses(certificate);
    }

    /**
     * {@return the IP addresses among the certificate's alternative names, in their order}
     *
     * @param certificate a verified certificate
     */
    public static List<InetAddress> ipAddresses(X509Certificate certificate) {
        return AlternativeNames.ipAddresses(certificate);
    }

    /**
     * {@return the SHA-256 of the certificate's encoding, 64 lower-case hexadecimal digits, which tells it from all others}
     *
     * @param certificate a verified certificate
     */
    public static String sha256Fingerprint(X509Certificate certificate) {
        return Fingerprint.sha256(certificate);
    }
}
