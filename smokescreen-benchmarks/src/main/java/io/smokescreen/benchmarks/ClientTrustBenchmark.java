package io.smokescreen.benchmarks;

import io.netty.handler.ssl.SslProvider;
import io.smokescreen.internal.tls.ClientTrust;
import io.smokescreen.internal.tls.CrlFile;
import io.smokescreen.internal.tls.ServerIdentity;
import io.smokescreen.internal.tls.TlsContext;
import io.smokescreen.internal.tls.TlsSettings;
import io.smokescreen.internal.tls.VerifiedChain;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What judging a client's certificate adds to a TLS handshake, by the length of the revocation list: the first time, and when the
 * client connects again. The length should make no difference.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ClientTrustBenchmark {

    /** More than are remembered, so that none of them is when its turn comes again. */
    private static final int CLIENTS = 5_000;

    private static final X500Name AUTHORITY = new X500Name("CN=Benchmark CA");

    /** How many certificates are revoked. */
    @Param({"0", "100000"})
    int revoked;

    private KeyPair authorityKeys;
    private ContentSigner signer;
    private ClientTrust trust;
    private X509Certificate[][] clients;
    private int next;

    /** Issues the certificates and loads the revocation list. */
    @Setup
    public void load() throws Exception {
        authorityKeys = newKeys();
        signer = new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKeys.getPrivate());
        KeyPair keys = newKeys();
        X509Certificate authority = issue(AUTHORITY, authorityKeys, true);
        X509Certificate server = issue(new X500Name("CN=proxy"), keys, false);
        TlsSettings settings = new TlsSettings(
                new ServerIdentity(keys.getPrivate(), List.of(server)),
                List.of(authority),
                List.of(CrlFile.of(revocationList())),
                true,
                true,
                true);
        trust = TlsContext.of(settings, SslProvider.JDK, List.of("TLSv1.3"))
                .trust()
                .orElseThrow();
        clients = new X509Certificate[CLIENTS][];
        for (int i = 0; i < CLIENTS; i++) {
            clients[i] = new X509Certificate[] {issue(new X500Name("CN=client-" + i), keys, false)};
        }
    }

    /** A client that connects for the first time in a while. */
    @Benchmark
    public VerifiedChain anew() throws CertificateException {
        next = (next + 1) % CLIENTS;
        return trust.verify(clients[next]);
    }

    /** A client that connects again. */
    @Benchmark
    public VerifiedChain again() throws CertificateException {
        return trust.verify(clients[0]);
    }

    private X509CRL revocationList() throws Exception {
        Instant now = Instant.now();
        X509v2CRLBuilder builder = new X509v2CRLBuilder(AUTHORITY, Date.from(now));
        builder.setNextUpdate(Date.from(now.plus(Duration.ofDays(1))));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authorityKeys.getPublic()));
        Random random = new Random(1);
        for (int i = 0; i < revoked; i++) {
            builder.addCRLEntry(new BigInteger(127, random), Date.from(now), CRLReason.superseded);
        }
        return new JcaX509CRLConverter().getCRL(builder.build(signer));
    }

    private X509Certificate issue(X500Name subject, KeyPair keys, boolean authority) throws Exception {
        Instant now = Instant.now();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                AUTHORITY,
                new BigInteger(120, new Random()),
                Date.from(now.minusSeconds(60)),
                Date.from(now.plus(Duration.ofDays(1))),
                subject,
                keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    }

    private static KeyPair newKeys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
