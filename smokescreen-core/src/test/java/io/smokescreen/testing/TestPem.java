package io.smokescreen.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.util.io.pem.PemObject;

/** Writes keys, certificates and revocation lists as PEM. */
public final class TestPem {

    private TestPem() {}

    /** {@return the objects one after the other; keys in their traditional form, PKCS#1 or SEC1} */
    public static String of(Object... objects) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object object : objects) {
                if (object instanceof ECPrivateKey key) {
                    writer.writeObject(new PemObject("EC PRIVATE KEY", sec1(key, true)));
                } else {
                    writer.writeObject(object instanceof PemObject pem ? pem : new JcaMiscPEMGenerator(object));
                }
            }
        }
        return text.toString();
    }

    /** {@return a key on the curve P-256 as SEC1, which may name the curve or leave that out} */
    public static byte[] sec1(PrivateKey key, boolean withCurve) throws IOException {
        BigInteger secret = ((ECPrivateKey) key).getS();
        return new org.bouncycastle.asn1.sec.ECPrivateKey(
                        256, secret, withCurve ? SECObjectIdentifiers.secp256r1 : null)
                .getEncoded();
    }

    /** {@return a key as PKCS#8} */
    public static PemObject pkcs8(PrivateKey key) {
        return new PemObject("PRIVATE KEY", key.getEncoded());
    }

    /** Writes the objects, or texts as they are, to a file and returns that. */
    public static Path write(Path file, Object... objects) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Object object : objects) {
            text.append(object instanceof String plain ? plain : of(object));
        }
        return Files.writeString(file, text);
    }
}
