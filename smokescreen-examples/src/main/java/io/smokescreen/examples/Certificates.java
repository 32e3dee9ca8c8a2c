package io.smokescreen.examples;

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
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for an hour, so that the examples need no files. P-256 throughout. */
final class Certificates {

    private static final char[] NO_PASSWORD = {};
    private static final Duration LIFETIME = Duration.ofHours(1);

    private final Identity authority;

    private Certificates(Identity authority) {
        this.authority = authority;
    }

    /** A private key and its certificate. */
    record Identity(PrivateKey key, X509Certificate certificate) {}

    /** {@return a new authority} */
    static Certificates create() throws GeneralSecurityException, IOException {
        KeyPair keys = newKeys();
        X500Name name = new X500Name("CN=Example CA");
        X509v3CertificateBuilder builder = builder(name, name, keys);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        return new Certificates(sign(builder, keys.getPrivate(), keys));
    }

    X509Certificate authority() {
        return authority.certificate();
    }

    /** {@return an identity for a client, such as {@code CN=app-1,OU=payments}} */
    Identity client(String subject) throws GeneralSecurityException, IOException {
        KeyPair keys = newKeys();
        return sign(leaf(subject, keys), authority.key(), keys);
    }

    /** {@return an identity for a server on 127.0.0.1} */
    Identity server() throws GeneralSecurityException, IOException {
        KeyPair keys = newKeys();
        X509v3CertificateBuilder builder = leaf("CN=smokescreen", keys);
        GeneralName loopback = new GeneralName(GeneralName.iPAddress, "127.0.0.1");
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(loopback));
        return sign(builder, authority.key(), keys);
    }

    /** {@return sockets that trust this authority and show the client's certificate} */
    SSLSocketFactory socketsOf(Identity client) throws GeneralSecurityException, IOException {
        return contextOf(client).getSocketFactory();
    }

    /** {@return TLS that trusts this authority and shows a certificate} */
    SSLContext contextOf(Identity identity) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setKeyEntry("own", identity.key(), NO_PASSWORD, new Certificate[] {identity.certificate(), authority()});
        store.setCertificateEntry("authority", authority());
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private X509v3CertificateBuilder leaf(String subject, KeyPair keys) throws CertIOException {
        X509v3CertificateBuilder builder = builder(new X500Name("CN=Example CA"), new X500Name(subject), keys);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        return builder;
    }

    private static X509v3CertificateBuilder builder(X500Name issuer, X500Name subject, KeyPair keys) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(127, new SecureRandom()),
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
