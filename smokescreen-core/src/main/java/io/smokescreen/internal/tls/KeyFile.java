package io.smokescreen.internal.tls;

import io.smokescreen.api.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Reads the private key in a PEM file: PKCS#8, PKCS#1 or SEC1. */
final class KeyFile {

    private static final String EXPECTED = "one unencrypted private key in PEM";

    private KeyFile() {}

    /**
     * {@return the only private key in the file}
     *
     * @throws ConfigurationException if there is none or several, or it is encrypted or of a kind that TLS cannot use
     */
    static PrivateKey read(Path file) {
        List<PemBlock> blocks = PemFile.read(file, EXPECTED);
        List<PemBlock> keys = blocks.stream().filter(PemBlock::isPrivateKey).toList();
        if (keys.size() != 1) {
            throw new ConfigurationException(file + " holds " + (keys.isEmpty() ? "no" : keys.size())
                    + " private keys (expected " + EXPECTED + ")");
        }
        PrivateKey key = key(keys.get(0), blocks);
        if (!CertificateOrder.isUsable(key)) {
            throw keys.get(0).error("is a key for " + key.getAlgorithm() + " (expected RSA, EC or Ed25519)");
        }
        return key;
    }

    private static PrivateKey key(PemBlock block, List<PemBlock> file) {
        Object parsed = block.parse();
        if (parsed instanceof PEMEncryptedKeyPair || parsed instanceof PKCS8EncryptedPrivateKeyInfo) {
            throw block.error(
                    "is encrypted (expected a key without a passphrase, as 'openssl pkey -in FILE' writes it)");
        }
        try {
            return new JcaPEMKeyConverter().getPrivateKey(info(parsed, block, file));
        } catch (IOException | RuntimeException e) {
            if (e instanceof ConfigurationException known) {
                throw known;
            }
            throw block.error("is not a key that can be used (expected RSA, EC or Ed25519): " + e.getMessage(), e);
        }
    }

    private static PrivateKeyInfo info(Object parsed, PemBlock block, List<PemBlock> file) throws IOException {
        if (parsed instanceof PrivateKeyInfo info) {
            return info;
        }
        if (!(parsed instanceof PEMKeyPair pair)) {
            throw block.error("is not a private key (expected PKCS#8, PKCS#1 or SEC1)");
        }
        PrivateKeyInfo info = pair.getPrivateKeyInfo();
        AlgorithmIdentifier algorithm = info.getPrivateKeyAlgorithm();
        boolean lacksCurve = algorithm.getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
                && algorithm.getParameters() == null;
        if (!lacksCurve) {
            return info;
        }
        ASN1Encodable curve = file.stream()
                .filter(each -> each.type().equals(PEMParser.TYPE_EC_PARAMETERS))
                .map(each -> (ASN1Encodable) each.parse())
                .findFirst()
                .orElseThrow(() -> block.error("names no curve (expected it there, or in a block 'EC PARAMETERS')"));
        return new PrivateKeyInfo(new AlgorithmIdentifier(algorithm.getAlgorithm(), curve), info.parsePrivateKey());
    }
}
