package io.smokescreen.internal.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Brings certificates into the order in which TLS sends them. */
public final class CertificateOrder {

    private static final byte[] PROBE = {'s', 'm', 'o', 'k', 'e', 's', 'c', 'r', 'e', 'e', 'n'};

    private CertificateOrder() {}

    /**
     * {@return the certificate of the key, then its issuer, then that one's issuer; certificates that do not follow are left
     * out. Empty if none belongs to the key}
     */
    static List<X509Certificate> startingWith(PrivateKey key, List<X509Certificate> certificates) {
        List<X509Certificate> rest = new ArrayList<>(certificates);
        List<X509Certificate> chain = new ArrayList<>();
        Optional<X509Certificate> next =
                rest.stream().filter(each -> belong(key, each.getPublicKey())).findFirst();
        while (next.isPresent()) {
            X509Certificate certificate = next.get();
            chain.add(certificate);
            rest.removeIf(certificate::equals);
            next = rest.stream().filter(each -> issued(each, certificate)).findFirst();
        }
        return List.copyOf(chain);
    }

    /** {@return whether TLS can be done with a key of this algorithm} */
    static boolean isUsable(PrivateKey key) {
        return !signatureAlgorithm(key.getAlgorithm()).isEmpty();
    }

    /** {@return whether the two are halves of one pair: what one signs, the other verifies} */
    public static boolean belong(PrivateKey privateKey, PublicKey publicKey) {
        String algorithm = signatureAlgorithm(publicKey.getAlgorithm());
        if (algorithm.isEmpty() || !algorithm.equals(signatureAlgorithm(privateKey.getAlgorithm()))) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // keys of different sizes or curves fail this way
        }
    }

    /** {@return whether the first, by its name and its key, issued the second} */
    static boolean issued(X509Certificate issuer, X509Certificate certificate) {
        if (!issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
            return false;
        }
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false; // another authority of the same name
        }
    }

    private static String signatureAlgorithm(String keyAlgorithm) {
        return switch (keyAlgorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
            default -> "";
        };
    }
}
