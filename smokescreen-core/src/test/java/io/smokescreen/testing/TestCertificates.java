package io.smokescreen.testing;

import io.smokescreen.TlsOptions;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for an hour, with P-256 keys. */
public final class TestCertificates {

    private static final X500Name ISSUER = new X500Name("CN=Test CA");
    private static final char[] NO_PASSWORD = {};
    private static final Duration LIFETIME = Duration.ofHours(1);

    private final Identity authority;

    private TestCertificates() throws GeneralSecurityException, IOException {
        KeyPair keys = newKeys();
        X509v3CertificateBuilder builder = builder(ISSUER, keys);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        this.authority = sign(builder, keys.getPrivate(), keys);
    }

    /** A private key and its certificate. */
    public record Identity(PrivateKey key, X509Certificate certificate) {}

    /** {@return a new authority, always of the same name} */
    public static TestCertificates create() throws GeneralSecurityException, IOException {
        return new TestCertificates();
    }

    /** {@return an identity, such as {@code CN=app,OU=payments}} */
    public Identity issue(String subject) throws GeneralSecurityException, IOException {
        KeyPair keys = newKeys();
        X509v3CertificateBuilder builder = builder(new X500Name(subject), keys);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        return sign(builder, authority.key(), keys);
    }

    /** {@return TLS for a proxy that asks clients for certificates of this authority} */
    public TlsOptions proxyTls() throws GeneralSecurityException, IOException {
        Identity server = issue("CN=smokescreen");
        return TlsOptions.of(server.key(), List.of(server.certificate()))
                .withClientAuthorities(List.of(authority.certificate()));
    }

    /** {@return TLS for a client that trusts this authority and shows these certificates: none or one} */
    public SSLContext clientTls(Identity... identities) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        for (Identity identity : identities) {
            store.setKeyEntry("own", identity.key(), NO_PASSWORD, new Certificate[] {identity.certificate()});
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, NO_PASSWORD);
        trusted.setCertificateEntry("authority", authority.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static X509v3CertificateBuilder builder(X500Name subject, KeyPair keys) {
        Instant now = Instant.now();
        BigInteger serial = new BigInteger(127, new SecureRandom());
        return new JcaX509v3CertificateBuilder(
                ISSUER,
                serial,
                Date.from(now.minus(LIFETIME)),
                Date.from(now.plus(LIFETIME)),
                subject,
                keys.getPublic());
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static Identity sign(X509v3CertificateBuilder builder, PrivateKey signer, KeyPair subject)
            throws GeneralSecurityException {
        try {
            X509Certificate certificate = new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
            return new Identity(subject.getPrivate(), certificate);
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }
}
