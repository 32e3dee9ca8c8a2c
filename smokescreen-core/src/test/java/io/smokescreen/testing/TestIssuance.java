package io.smokescreen.testing;

import io.smokescreen.testing.TestCertificates.Identity;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A certificate to be issued: for an hour, P-256, without names or usages, if the test says nothing else. */
public final class TestIssuance {

    private static final Duration LIFETIME = Duration.ofHours(1);

    private final X500Name subject;
    private final @Nullable KeyPair selfSigner;
    private final @Nullable Identity issuer;
    private @Nullable KeyPair keys;
    private Instant notBefore = Instant.now().minus(LIFETIME);
    private Instant notAfter = Instant.now().plus(LIFETIME);
    private BigInteger serial = new BigInteger(127, new SecureRandom());
    private boolean authorityKeyIdentifier = true;
    private @Nullable KeyPurposeId purpose;
    private @Nullable KeyUsage usage;
    private GeneralName[] names = {};

    TestIssuance(X500Name subject, @Nullable KeyPair selfSigner, @Nullable Identity issuer) {
        this.subject = subject;
        this.selfSigner = selfSigner;
        this.issuer = issuer;
    }

    /** {@return a certificate to be issued by whoever has that identity, an authority or not} */
    public static TestIssuance by(Identity issuer, String subject) {
        return new TestIssuance(new X500Name(subject), null, issuer);
    }

    /** {@return a new key pair: EC, RSA or Ed25519} */
    public static KeyPair newKeys(String algorithm) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("EC")) {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        } else if (algorithm.equals("RSA")) {
            generator.initialize(2048);
        }
        return generator.generateKeyPair();
    }

    public TestIssuance keys(KeyPair value) {
        this.keys = value;
        return this;
    }

    public TestIssuance validFrom(Instant value) {
        this.notBefore = value;
        return this;
    }

    public TestIssuance validUntil(Instant value) {
        this.notAfter = value;
        return this;
    }

    public TestIssuance serial(BigInteger value) {
        this.serial = value;
        return this;
    }

    public TestIssuance withoutAuthorityKeyIdentifier() {
        this.authorityKeyIdentifier = false;
        return this;
    }

    public TestIssuance purpose(KeyPurposeId value) {
        this.purpose = value;
        return this;
    }

    public TestIssuance usage(int bits) {
        this.usage = new KeyUsage(bits);
        return this;
    }

    public TestIssuance names(GeneralName... values) {
        this.names = values;
        return this;
    }

    /** {@return the identity} */
    public Identity issue() throws GeneralSecurityException, IOException {
        return issue(new BasicConstraints(false));
    }

    /** {@return an identity that may issue certificates itself} */
    public Identity issueAuthority() throws GeneralSecurityException, IOException {
        return issue(new BasicConstraints(true));
    }

    /** {@return the same, with how many authorities may follow below} */
    public Identity issueAuthority(int pathLength) throws GeneralSecurityException, IOException {
        return issue(new BasicConstraints(pathLength));
    }

    private Identity issue(BasicConstraints constraints) throws GeneralSecurityException, IOException {
        KeyPair pair = keys == null ? newKeys("EC") : keys;
        X500Name issuerName = issuer == null
                ? subject
                : X500Name.getInstance(
                        issuer.certificate().getSubjectX500Principal().getEncoded());
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuerName, serial, Date.from(notBefore), Date.from(notAfter), subject, pair.getPublic());
        builder.addExtension(Extension.basicConstraints, true, constraints);
        JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
        if (constraints.isCA()) {
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(pair.getPublic()));
        }
        if (issuer != null && authorityKeyIdentifier) {
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    identifiers.createAuthorityKeyIdentifier(
                            issuer.certificate().getPublicKey()));
        }
        if (purpose != null) {
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
        }
        if (usage != null) {
            builder.addExtension(Extension.keyUsage, true, usage);
        }
        if (names.length > 0) {
            boolean onlyName = subject.getRDNs().length == 0;
            builder.addExtension(Extension.subjectAlternativeName, onlyName, new GeneralNames(names));
        }
        return new Identity(pair.getPrivate(), List.of(sign(builder, signer(pair))));
    }

    private PrivateKey signer(KeyPair own) {
        if (issuer != null) {
            return issuer.key();
        }
        return (selfSigner == null ? own : selfSigner).getPrivate();
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey signer)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm(signer)).build(signer)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    static String algorithm(PrivateKey signer) {
        return switch (signer.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "Ed25519";
        };
    }
}
