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
    private static final String EXPECTED_AUTHORITY = "the authority's certificate and its intermediates in PEM";

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
        return read(certificateFile, keyFile, EXPECTED_CERTIFICATES);
    }

    /**
     * {@return the authority in two files, which signs in the name of others}
     *
     * @throws ConfigurationException if one cannot be read, lacks something, key and certificate do not match, or they are
     *     not an authority's
     */
    public static ServerIdentity readAuthority(Path certificateFile, Path keyFile) {
        ServerIdentity identity = read(certificateFile, keyFile, EXPECTED_AUTHORITY);
        X509Certificate certificate = identity.chain.get(0);
        String problem = Certificates.whyNotAuthority(certificate);
        if (!problem.isEmpty()) {
            throw new ConfigurationException(certificateFile + " holds the certificate of '"
                    + certificate.getSubjectX500Principal() + "', which " + problem);
        }
        return identity;
    }

    private static ServerIdentity read(Path certificateFile, Path keyFile, String expected) {
        List<X509Certificate> certificates = Certificates.among(PemFile.read(certificateFile, expected));
        if (certificates.isEmpty()) {
            throw new ConfigurationException(certificateFile + " holds no certificate (expected " + expected + ")");
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
                    "{} holds {} certificates, of which {} lead from that of the key to a root; the others are not sent",
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
