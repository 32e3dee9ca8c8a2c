package io.smokescreen.internal.mitm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslProvider;
import io.smokescreen.TlsProvider;
import io.smokescreen.api.Host;
import io.smokescreen.internal.tls.ServerIdentity;
import io.smokescreen.testing.Command;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestIssuance;
import io.smokescreen.testing.TlsImplementation;
import java.io.IOException;
import java.io.Writer;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients of the JDK that verify what they are shown, and {@code openssl} for what those cannot do. */
class MitmHandshakeTest {

    private static final String ALL = "io.smokescreen.testing.TlsImplementation#all";
    private static final Host NAME = Host.parse("api.example.com");
    private static final int READ_TIMEOUT_MILLIS = 10_000;

    private static Identity authority;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** What a client has seen after a handshake in which nothing was wrong. */
    private record Seen(List<Certificate> chain, String protocol, String application) {}

    @BeforeAll
    static void createAuthority() throws Exception {
        authority = TestCertificates.create("CN=MITM").authority();
    }

    static Stream<Arguments> hosts() {
        String longName = ("label" + "x".repeat(40) + ".").repeat(5) + "test";
        return TlsImplementation.all()
                .flatMap(tls -> Stream.of("api.example.com", longName, "192.0.2.7", "2001:db8::7")
                        .map(host -> Arguments.of(tls, Host.parse(host))));
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void client_findsTheCertificateOfItsHost(TlsImplementation tls, Host host) throws Exception {
        try (MitmServer server = start(tls, authority, host)) {
            Seen seen = handshake(server, tls, host.text(), parameters -> {});

            assertThat(seen.protocol()).isEqualTo(tls.version());
            assertThat(seen.chain()).hasSize(2).endsWith(authority.certificate());
        }
    }

    static Stream<Arguments> keys() {
        return TlsImplementation.all()
                .flatMap(tls -> Stream.of("RSA", "Ed25519").map(key -> Arguments.of(tls, key)));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyKindOfAuthority_isUsedWithBothImplementations(TlsImplementation tls, String key) throws Exception {
        Identity other = TestCertificates.selfSigned("CN=Other", TestIssuance.newKeys(key))
                .issueAuthority();
        try (MitmServer server = start(tls, other, NAME)) {
            assertThat(handshake(server, trusting(other.certificate()), tls, NAME.text(), parameters -> {})
                            .chain())
                    .endsWith(other.certificate());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void intermediates_areSentAlong(TlsImplementation tls) throws Exception {
        TestCertificates root = TestCertificates.create("CN=Root");
        Identity intermediate = root.intermediate("CN=MITM").authority().with(root.certificate());
        try (MitmServer server = start(tls, intermediate, NAME)) {
            Seen seen = handshake(server, trusting(root.certificate()), tls, NAME.text(), parameters -> {});

            assertThat(seen.chain()).hasSize(3).endsWith(intermediate.certificate(), root.certificate());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void certificate_isForExactlyItsHost(TlsImplementation tls) throws Exception {
        try (MitmServer server = start(tls, authority, NAME)) {
            for (String other : List.of("www.api.example.com", "example.com", "www.example.com", "192.0.2.7")) {
                assertThatThrownBy(() -> handshake(server, tls, other, parameters -> {}))
                        .isInstanceOf(SSLHandshakeException.class)
                        .hasMessageContaining("No ");
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void serverName_makesNoDifference(TlsImplementation tls) throws Exception {
        try (MitmServer server = start(tls, authority, NAME)) {
            Seen none = handshake(server, tls, NAME.text(), parameters -> parameters.setServerNames(List.of()));
            Seen another = handshake(
                    server,
                    tls,
                    NAME.text(),
                    parameters -> parameters.setServerNames(List.of(new SNIHostName("www.other.test"))));

            assertThat(another.chain()).isEqualTo(none.chain());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void applicationProtocol_isHttp11OrNothing(TlsImplementation tls) throws Exception {
        try (MitmServer server = start(tls, authority, NAME)) {
            assertThat(offering(server, tls, "h2", "http/1.1")).isEqualTo("http/1.1");
            assertThat(offering(server, tls, "h2")).isEmpty();
            assertThat(offering(server, tls)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void clientThatDoesNotTrustTheAuthority_isNotServed(TlsImplementation tls) throws Exception {
        Identity other = TestCertificates.create("CN=Other").authority();
        try (MitmServer server = start(tls, authority, NAME)) {
            assertThatThrownBy(
                            () -> handshake(server, trusting(other.certificate()), tls, NAME.text(), parameters -> {}))
                    .isInstanceOf(SSLException.class);
        }
    }

    static Stream<SslProvider> providers() {
        return Stream.of(SslProvider.JDK, SslProvider.OPENSSL_REFCNT);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void olderVersions_areRefused(SslProvider provider) throws Exception {
        try (MitmServer server = MitmServer.start(contexts(provider, authority), NAME)) {
            assertThat(openssl(server, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")).contains("alert protocol version");
            assertThat(openssl(server, "-tls1_2")).contains("Cipher is ECDHE");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void session_isResumedWithItsHostOnly(TlsImplementation tls) throws Exception {
        String version = tls.version().equals("TLSv1.2") ? "-tls1_2" : "-tls1_3";
        String session = directory.resolve("session").toString();
        try (MitmServer server = start(tls, authority, NAME)) {
            assertThat(openssl(server, version, "-sess_out", session)).contains("New, TLS");
            assertThat(openssl(server, version, "-sess_in", session)).contains("Reused, TLS");
            server.host(Host.parse("other.example.com"));
            assertThat(openssl(server, version, "-sess_in", session)).contains("New, TLS");
        }
    }

    /** The letter R at the beginning of a line has s_client ask for renegotiation. */
    @ParameterizedTest
    @MethodSource("providers")
    void renegotiation_isRefused(SslProvider provider) throws Exception {
        Command.assumeInstalled("openssl");
        try (MitmServer server = MitmServer.start(contexts(provider, authority), NAME)) {
            Path output = directory.resolve("output.txt");
            Process client =
                    Command.start(output, "openssl", "s_client", "-connect", address(server), "-tls1_2", "-crlf");
            try (Writer input = client.outputWriter(ISO_8859_1)) {
                await().until(() -> Files.readString(output, ISO_8859_1).contains("Verify return code"));
                input.append("echoed\n").flush();
                await().until(() -> Files.readString(output, ISO_8859_1).contains("\nechoed"));
                input.append("R\n").flush();
                await().until(() -> Files.readString(output, ISO_8859_1).contains("RENEGOTIATING"));
                await().until(() -> !client.isAlive());
            } catch (IOException e) {
                assertThat(client.isAlive())
                        .as("the pipe broke because the client has ended")
                        .isFalse();
            } finally {
                client.destroyForcibly();
            }
            assertThat(output).content(ISO_8859_1).contains("alert");
        }
    }

    @Test
    void eachProxy_hasAKeyOfItsOwn_andOneForAllHosts() throws Exception {
        HostContexts contexts = contexts(SslProvider.JDK, authority);
        TlsImplementation tls = new TlsImplementation(TlsProvider.JDK, "TLSv1.3");
        try (MitmServer server = MitmServer.start(contexts, NAME);
                MitmServer other = start(tls, authority, NAME)) {
            Certificate first = handshake(server, tls, NAME.text(), parameters -> {})
                    .chain()
                    .get(0);
            Certificate elsewhere =
                    handshake(other, tls, NAME.text(), parameters -> {}).chain().get(0);
            server.host(Host.parse("other.example.com"));
            Certificate second = handshake(server, tls, "other.example.com", parameters -> {})
                    .chain()
                    .get(0);

            assertThat(second).isNotEqualTo(first);
            assertThat(second.getPublicKey()).isEqualTo(first.getPublicKey());
            assertThat(elsewhere.getPublicKey()).isNotEqualTo(first.getPublicKey());
        }
    }

    private static MitmServer start(TlsImplementation tls, Identity signer, Host host) {
        SslProvider provider = tls.provider() == TlsProvider.JDK ? SslProvider.JDK : SslProvider.OPENSSL_REFCNT;
        return MitmServer.start(contexts(provider, signer), host);
    }

    private static HostContexts contexts(SslProvider provider, Identity signer) {
        ServerIdentity identity = new ServerIdentity(signer.key(), signer.chain());
        return HostContexts.of(MitmAuthority.of(identity, Instant.now()), provider, Duration.ofDays(7));
    }

    private static String offering(MitmServer server, TlsImplementation tls, String... protocols) throws Exception {
        return handshake(server, tls, NAME.text(), parameters -> parameters.setApplicationProtocols(protocols))
                .application();
    }

    private static Seen handshake(
            MitmServer server, TlsImplementation tls, String host, Consumer<SSLParameters> customize) throws Exception {
        return handshake(server, trusting(authority.certificate()), tls, host, customize);
    }

    private static Seen handshake(
            MitmServer server, SSLContext trust, TlsImplementation tls, String host, Consumer<SSLParameters> customize)
            throws Exception {
        try (Socket plain = new Socket()) {
            plain.setSoTimeout(READ_TIMEOUT_MILLIS);
            plain.connect(server.address(), READ_TIMEOUT_MILLIS);
            SSLSocket socket = (SSLSocket) trust.getSocketFactory().createSocket(plain, host, 443, true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {tls.version()});
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            customize.accept(parameters);
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            socket.getOutputStream().write("ping".getBytes(ISO_8859_1));
            assertThat(socket.getInputStream().readNBytes(4)).asString().isEqualTo("ping");
            return new Seen(
                    List.of(socket.getSession().getPeerCertificates()),
                    socket.getSession().getProtocol(),
                    requireNonNull(socket.getApplicationProtocol()));
        }
    }

    private static SSLContext trusting(X509Certificate root) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("root", root);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** {@return what s_client prints until the server, which is told to, closes} */
    private String openssl(MitmServer server, String... options) throws Exception {
        String[] command = Stream.concat(
                        Stream.of("openssl", "s_client", "-ign_eof", "-connect", address(server)), Stream.of(options))
                .toArray(String[]::new);
        return Command.run(directory, "bye\n", command);
    }

    private static String address(MitmServer server) {
        return "127.0.0.1:" + server.address().getPort();
    }
}
