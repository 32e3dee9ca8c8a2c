package io.smokescreen.internal.tls;

import io.smokescreen.api.ConfigurationException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.cert.X509CRLHolder;

/** One revocation list as it was loaded. It is kept encoded: a parsed one takes twenty times the memory. */
public final class CrlFile {

    private static final String EXPECTED = "certificate revocation lists in PEM, or one in DER";

    private final String source;
    private final byte[] der;

    /**
     * @param source where it is from, for messages
     * @param der its encoding
     */
    private CrlFile(String source, byte[] der) {
        this.source = source;
        this.der = der;
    }

    /**
     * {@return the lists that the files hold, in their order}
     *
     * @throws ConfigurationException if a file cannot be read, holds none or something else, or a list cannot be used by
     *     itself; whether it belongs to an authority is found out later
     */
    public static List<CrlFile> read(List<Path> files) {
        List<CrlFile> lists = new ArrayList<>();
        for (Path file : files) {
            byte[] bytes = PemFile.readBytes(file, EXPECTED);
            List<PemBlock> blocks = PemFile.parse(file.toString(), bytes);
            if (blocks.isEmpty()) {
                lists.add(new CrlFile(file.toString(), bytes));
            }
            blocks.forEach(block -> lists.add(of(block)));
        }
        lists.forEach(RevocationList::check);
        return List.copyOf(lists);
    }

    /**
     * {@return a list that the application has parsed}
     *
     * @throws ConfigurationException if it cannot be used
     */
    public static CrlFile of(X509CRL crl) {
        try {
            CrlFile list = new CrlFile("withRevocationLists", crl.getEncoded());
            RevocationList.check(list);
            return list;
        } catch (GeneralSecurityException e) {
            throw new ConfigurationException("a CRL cannot be encoded: " + e.getMessage(), e);
        }
    }

    private static CrlFile of(PemBlock block) {
        if (!block.isRevocationList()) {
            throw block.error("is not a revocation list (expected blocks 'X509 CRL' only)");
        }
        try {
            return new CrlFile(block.file() + ", line " + block.line(), ((X509CRLHolder) block.parse()).getEncoded());
        } catch (IOException e) {
            throw block.error("cannot be read: " + e.getMessage(), e);
        }
    }

    /** {@return where it is from, for messages} */
    String source() {
        return source;
    }

    X509CRL parse() {
        try {
            ByteArrayInputStream in = new ByteArrayInputStream(der);
            X509CRL crl = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
            if (in.available() > 0) {
                throw new ConfigurationException(source + " has " + in.available()
                        + " bytes after the revocation list (expected " + EXPECTED + ")");
            }
            return crl;
        } catch (GeneralSecurityException | RuntimeException e) {
            if (e instanceof ConfigurationException known) {
                throw known;
            }
            throw new ConfigurationException(
                    source + " is not a revocation list (expected " + EXPECTED + "): " + e.getMessage(), e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CrlFile that && source.equals(that.source) && Arrays.equals(der, that.der);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(der);
    }

    @Override
    public String toString() {
        return source;
    }
}
