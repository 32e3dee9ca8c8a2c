package io.smokescreen.internal.tls;

import io.smokescreen.api.ConfigurationException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proxy's private key with its certificate and what leads from that to a root.
 *
 * @param key the private key
 * @param chain the certificate of the key first, each of the others the issuer of the one before
 */
public record ServerIdentity(PrivateKey key, List<X509Certificate> chain) {

    private static final Logger LOG = LoggerFactory.getLogger(ServerIdentity.class);

    private static final String EXPECTED_CERTIFICATES = "the proxy's certificate and its intermediates in PEM";

    /**
     * {@return the identity in one file that holds key and certificates in any order}
     *
     * @throws ConfigurationException if it cannot be read, lacks something or key and certificate do not match
     */
    public static ServerIdentity read(Path bundle) {
        return read(bundle, bundle);
    }

    /**
     * {@return the identity in two files, which may be the same; what else they hold, as DH parameters, is ignored}
     *
     * @throws ConfigurationException if one cannot be read, lacks something or key and certificate do not match
     */
    public static ServerIdentity read(Path certificateFile, Path keyFile) {
        List<X509Certificate> certificates = Certificates.among(PemFile.read(certificateFile, EXPECTED_CERTIFICATES));
        if (certificates.isEmpty()) {
            throw new ConfigurationException(
                    certificateFile + " holds no certificate (expected " + EXPECTED_CERTIFICATES + ")");
        }
        PrivateKey key = KeyFile.read(keyFile);
        List<X509Certificate> chain = CertificateOrder.startingWith(key, certificates);
        if (chain.isEmpty()) {
            String subjects = certificates.stream()
                    .map(each -> "'" + each.getSubjectX500Principal() + "'")
                    .collect(Collectors.joining(", "));
            throw new ConfigurationException("the private key in " + keyFile + " does not belong to a certificate in "
                    + certificateFile + " (expected the key of " + subjects + ")");
        }
        if (chain.size() < certificates.size()) {
            LOG.warn(
                    "{} holds {} certificates, of which {} lead from the proxy's own to its root; the others are not sent",
                    certificateFile,
                    certificates.size(),
                    chain.size());
        }
        return new ServerIdentity(key, chain);
    }

    /** Tells the subject, never the key. */
    @Override
    public String toString() {
        return "ServerIdentity[" + chain.get(0).getSubjectX500Principal() + "]";
    }
}
