package io.smokescreen.internal.tls;

import io.smokescreen.api.ConfigurationException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.X509TrustedCertificateBlock;

/** Reads certificates from PEM files. */
public final class Certificates {

    private static final int FIRST_VERSION_WITH_EXTENSIONS = 3;
    private static final int KEY_CERT_SIGN = 5;

    private Certificates() {}

    /**
     * {@return the authorities that the files hold, each once}
     *
     * @param files PEM files with one or more certificates of authorities and nothing else
     * @throws ConfigurationException if a file cannot be read, holds none or something else
     */
    public static List<X509Certificate> authorities(List<Path> files) {
        Set<X509Certificate> authorities = new LinkedHashSet<>();
        for (Path file : files) {
            List<PemBlock> blocks = PemFile.read(file, "the certificates of authorities in PEM");
            if (blocks.isEmpty()) {
                throw new ConfigurationException(
                        file
                                + " holds no PEM block (expected the certificates of authorities, '-----BEGIN CERTIFICATE-----')");
            }
            for (PemBlock block : blocks) {
                authorities.add(authority(block));
            }
        }
        return List.copyOf(authorities);
    }

    private static X509Certificate authority(PemBlock block) {
        if (!block.isCertificate()) {
            throw block.error("is not a certificate (expected certificates of authorities only)");
        }
        X509Certificate certificate = of(block);
        String problem = whyNotAuthority(certificate);
        if (!problem.isEmpty()) {
            throw block.error(
                    "is the certificate of '" + certificate.getSubjectX500Principal() + "', which " + problem);
        }
        return certificate;
    }

    /**
     * {@return why the certificate is not that of an authority, as a relative clause; empty if it is one}
     *
     * <p>Version 1, which knows no extensions, is taken at its word, as by the JDK and Go.
     */
    public static String whyNotAuthority(X509Certificate certificate) {
        if (certificate.getVersion() < FIRST_VERSION_WITH_EXTENSIONS) {
            return "";
        }
        if (certificate.getBasicConstraints() < 0) {
            return "is no authority (expected the basic constraint CA:TRUE)";
        }
        boolean[] usage = certificate.getKeyUsage();
        if (usage != null && !usage[KEY_CERT_SIGN]) {
            return "may not sign certificates (expected the key usage keyCertSign)";
        }
        return "";
    }

    /** {@return the certificates among the blocks, in their order} */
    static List<X509Certificate> among(List<PemBlock> blocks) {
        List<X509Certificate> certificates = new ArrayList<>();
        blocks.stream().filter(PemBlock::isCertificate).map(Certificates::of).forEach(certificates::add);
        return certificates;
    }

    private static X509Certificate of(PemBlock block) {
        Object parsed = block.parse();
        X509CertificateHolder holder = parsed instanceof X509TrustedCertificateBlock trusted
                ? trusted.getCertificateHolder()
                : (X509CertificateHolder) parsed;
        try {
            return new JcaX509CertificateConverter().getCertificate(holder);
        } catch (CertificateException e) {
            throw block.error("is not a certificate: " + e.getMessage(), e);
        }
    }
}
