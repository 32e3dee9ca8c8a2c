package io.smokescreen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import io.smokescreen.testing.TlsImplementation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How a tunnel of a TLS client ends: close_notify, FIN without it, and FIN within a record. */
class TlsTunnelTest {

    private static final String ALL = "io.smokescreen.testing.TlsImplementation#all";

    private static final String NAME = "a.allowed.test";

    /** The beginning of a record of 80 bytes of application data. */
    private static final byte[] PART_OF_A_RECORD = {0x17, 3, 3, 0, 0x50, 1, 2, 3};

    @SuppressWarnings("NullAway.Init")
    private TestCertificates authority;

    @BeforeEach
    void createAuthority() throws GeneralSecurityException, IOException {
        authority = TestCertificates.create();
    }

    /** With TLS 1.2 close_notify ends both directions (RFC 5246 §7.2.1), and BoringSSL as Netty uses it does so with 1.3. */
    @Test
    void clientEnds_originAnswersAfterwards() throws Exception {
        TlsImplementation tls = new TlsImplementation(TlsProvider.JDK, "TLSv1.3");
        try (TestOrigin origin = TestOrigin.start(connection -> {
                    byte[] question = connection.getInputStream().readAllBytes();
                    connection.getOutputStream().write(question);
                });
                TestProxy proxy = start(tls);
                RawClient client = open(proxy, origin, tls)) {
            client.send("question").halfClose();

            assertThat(client.readAllText()).isEqualTo("question");
        }
    }

    /** Nothing can be sent to such a client any more. It must not take what it has got, nothing here, for all there is. */
    @Test
    void clientEnds_originAnswersAfterwards_clientOfBoringSslSeesACut() throws Exception {
        TlsImplementation tls = new TlsImplementation(TlsProvider.OPENSSL, "TLSv1.3");
        CountDownLatch sawEnd = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (TestOrigin origin = TestOrigin.start(connection -> {
                    connection.getInputStream().readAllBytes();
                    sawEnd.countDown();
                    goOn.await(10, TimeUnit.SECONDS);
                    connection.getOutputStream().write("answer".getBytes(ISO_8859_1));
                    connection.getInputStream().readAllBytes();
                });
                TestProxy proxy = start(tls);
                RawClient tcp = proxy.connect();
                RawClient client = open(origin, tcp.startTls(authority.clientTls(), tls.version()))) {
            client.send("question").halfClose();
            assertThat(sawEnd.await(10, TimeUnit.SECONDS)).isTrue();
            goOn.countDown();

            assertThatThrownBy(tcp::readAll).hasMessageContaining("reset");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"JDK", "OPENSSL"})
    void clientEnds_thenTheOrigin_clientSeesACleanEnd(TlsProvider provider) throws Exception {
        TlsImplementation tls = new TlsImplementation(provider, "TLSv1.3");
        try (TestOrigin origin = TestOrigin.start(connection -> {
                    connection.getOutputStream().write("first".getBytes(ISO_8859_1));
                    connection.getInputStream().readAllBytes();
                });
                TestProxy proxy = start(tls);
                RawClient client = open(proxy, origin, tls)) {
            assertThat(client.read(5)).asString().isEqualTo("first");
            client.send("question").halfClose();

            assertThat(client.readAll()).isEmpty();
            await().until(() -> proxy.closes().size() == 1);
            assertThat(proxy.closes().get(0)).containsEntry("error", "").containsEntry("bytes_out", 8L);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void clientEnds_originGetsAllAndTheEnd(TlsImplementation tls) throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        try (TestOrigin origin = TestOrigin.start(connection -> end.complete(howItEnds(connection)));
                TestProxy proxy = start(tls);
                RawClient client = open(proxy, origin, tls)) {
            client.send("x".repeat(100_000)).halfClose();

            assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("FIN after 100000 bytes");
        }
    }

    /** The JDK's client answers close_notify at once with TLS 1.2, as it must. */
    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"JDK", "OPENSSL"})
    void originEnds_clientGoesOnSending(TlsProvider provider) throws Exception {
        TlsImplementation tls = new TlsImplementation(provider, "TLSv1.3");
        CompletableFuture<String> end = new CompletableFuture<>();
        try (TestOrigin origin = TestOrigin.start(connection -> {
                    connection.getOutputStream().write("bye".getBytes(ISO_8859_1));
                    connection.shutdownOutput();
                    end.complete(howItEnds(connection));
                });
                TestProxy proxy = start(tls);
                RawClient client = open(proxy, origin, tls)) {
            assertThat(client.readAllText()).isEqualTo("bye");

            client.send("x".repeat(100_000)).halfClose();

            assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("FIN after 100000 bytes");
        }
    }

    /** As Go: many clients close without close_notify, and what stands within the tunnel has an end of its own. */
    @ParameterizedTest
    @MethodSource(ALL)
    void finWithoutCloseNotify_betweenRecords_isAnEnd(TlsImplementation tls) throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        try (TestOrigin origin = TestOrigin.start(connection -> end.complete(howItEnds(connection)));
                TestProxy proxy = start(tls);
                RawClient tcp = proxy.connect();
                RawClient client = open(origin, tcp.startTls(authority.clientTls(), tls.version()))) {
            client.send("question");
            tcp.halfClose();

            assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("FIN after 8 bytes");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void finWithinARecord_isACut(TlsImplementation tls) throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        try (TestOrigin origin = TestOrigin.start(connection -> end.complete(howItEnds(connection)));
                TestProxy proxy = start(tls);
                RawClient tcp = proxy.connect();
                RawClient client = open(origin, tcp.startTls(authority.clientTls(), tls.version()))) {
            client.send("question");
            tcp.send(PART_OF_A_RECORD);
            tcp.halfClose();

            assertThat(end.get(10, TimeUnit.SECONDS)).startsWith("reset");
            await().until(() -> proxy.closes().size() == 1);
            assertThat(proxy.closes().get(0).get("error")).asString().contains("within a TLS record");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void originResets_clientSeesNoCleanEnd(TlsImplementation tls) throws Exception {
        try (TestOrigin origin = TestOrigin.start(connection -> {
                    connection.getInputStream().read();
                    connection.setSoLinger(true, 0);
                    connection.close();
                });
                TestProxy proxy = start(tls);
                RawClient client = open(proxy, origin, tls)) {
            client.send("x");

            assertThatThrownBy(client::readAll).isInstanceOf(UncheckedIOException.class);
        }
    }

    private TestProxy start(TlsImplementation tls) throws GeneralSecurityException, IOException {
        TlsOptions options = authority.proxyTls().withProvider(tls.provider());
        TestProxy proxy = TestProxy.start(builder -> builder.tls(options));
        proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
        return proxy;
    }

    private RawClient open(TestProxy proxy, TestOrigin origin, TlsImplementation tls)
            throws GeneralSecurityException, IOException {
        return open(origin, RawClient.connectTls(proxy.address(), authority.clientTls(), tls.version()));
    }

    private static RawClient open(TestOrigin origin, RawClient client) {
        client.send("CONNECT " + NAME + ":" + origin.port() + " HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
        return client;
    }

    private static String howItEnds(Socket connection) {
        try {
            return "FIN after " + connection.getInputStream().readAllBytes().length + " bytes";
        } catch (IOException e) {
            return "reset: " + e.getMessage();
        }
    }
}
