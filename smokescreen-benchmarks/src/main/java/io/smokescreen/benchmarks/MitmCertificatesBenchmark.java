package io.smokescreen.benchmarks;

import io.netty.channel.Channel;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.handler.ssl.SslProvider;
import io.smokescreen.api.Host;
import io.smokescreen.internal.mitm.HostContext;
import io.smokescreen.internal.mitm.HostContexts;
import io.smokescreen.internal.mitm.MitmAuthority;
import io.smokescreen.internal.mitm.MitmCertificates;
import io.smokescreen.internal.mitm.MitmResult;
import io.smokescreen.internal.tls.ServerIdentity;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * TLS in the name of a host: minting its certificate and setting up TLS with it, which happens off the event loops, and finding
 * it again, which happens on them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MitmCertificatesBenchmark {

    private static final int KNOWN = 1_000;
    private static final X500Name AUTHORITY = new X500Name("CN=Benchmark MITM");

    /** The authority's key. */
    @Param({"EC", "RSA"})
    String authority = "";

    /** Who implements TLS. */
    @Param({"JDK", "OPENSSL_REFCNT"})
    SslProvider provider = SslProvider.JDK;

    private HostContexts contexts;
    private MitmCertificates certificates;
    private List<Host> known;
    private long next;

    /** Has a thousand certificates minted. */
    @Setup
    public void mintKnown() throws Exception {
        contexts = HostContexts.of(MitmAuthority.of(newAuthority(), Instant.now()), provider, Duration.ofDays(7));
        certificates = new MitmCertificates(contexts, KNOWN);
        known = IntStream.range(0, KNOWN)
                .mapToObj(i -> Host.parse("known-" + i + ".example.com"))
                .toList();
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        Channel client = new LocalChannel();
        loops.register(client).sync();
        for (Host host : known) {
            CompletableFuture<MitmResult> answer = new CompletableFuture<>();
            client.eventLoop().execute(() -> certificates.contextFor(host, client, answer::complete));
            answer.get();
        }
        client.close().sync();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    /** Forgets them. */
    @TearDown
    public void close() {
        certificates.close();
    }

    /** A host that nobody has asked for yet, on one thread. */
    @Benchmark
    public void mint() throws Exception {
        HostContext context = contexts.create(Host.parse("new-" + next++ + ".example.com"), Instant.now());
        context.release();
    }

    /** A host that was asked for before; with a connection for each thousand of them, which opens and closes. */
    @Benchmark
    @OperationsPerInvocation(KNOWN)
    public void hit(Blackhole results) {
        EmbeddedChannel client = new EmbeddedChannel();
        for (Host host : known) {
            certificates.contextFor(host, client, results::consume);
        }
        client.close();
    }

    private ServerIdentity newAuthority() throws Exception {
        KeyPair keys = newKeys();
        Instant now = Instant.now();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                AUTHORITY,
                BigInteger.ONE,
                Date.from(now.minusSeconds(60)),
                Date.from(now.plus(Duration.ofDays(30))),
                AUTHORITY,
                keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        X509Certificate certificate = new JcaX509CertificateConverter()
                .getCertificate(builder.build(
                        new JcaContentSignerBuilder("SHA256with" + (authority.equals("EC") ? "ECDSA" : "RSA"))
                                .build(keys.getPrivate())));
        return new ServerIdentity(keys.getPrivate(), List.of(certificate));
    }

    private KeyPair newKeys() throws Exception {
        AlgorithmParameterSpec kind = authority.equals("EC")
                ? new ECGenParameterSpec("secp256r1")
                : new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4);
        KeyPairGenerator generator = KeyPairGenerator.getInstance(authority);
        generator.initialize(kind);
        return generator.generateKeyPair();
    }
}
