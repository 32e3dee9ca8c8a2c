package io.smokescreen;

import static io.smokescreen.MitmFixture.INSIDE;
import static io.smokescreen.MitmFixture.ask;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tunnel that the proxy looks into, as a connection: its handshake, what flows through it, and its ends. */
class MitmTunnelTest {

    private static final Duration SHORT = Duration.ofMillis(500);

    // ------------------------------------------------------------------------------------------- handshake

    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000"})
    void withoutAHandshake_theTunnelIsClosed(String sent) throws Exception {
        try (MitmFixture fixture = MitmFixture.start(
                        MitmFixture::echoHeads,
                        builder -> builder.timeouts(TimeoutOptions.defaults().withReadHeader(SHORT)));
                RawClient client = fixture.tunnel(INSIDE)) {
            client.send(sent);

            assertThat(sawNoReply(client)).isTrue();
            assertThat(fixture.origin().accepted()).isZero();
            await().untilAsserted(() -> assertThat(fixture.proxy().total(Metric.TLS_HANDSHAKE_ERROR))
                    .isEqualTo(1));
        }
    }

    @Test
    void withoutARequestAfterTheHandshake_theTunnelIsClosed() throws Exception {
        try (MitmFixture fixture = MitmFixture.start(
                        MitmFixture::echoHeads,
                        builder -> builder.timeouts(TimeoutOptions.defaults().withReadHeader(SHORT)));
                RawClient client = fixture.inside()) {
            client.send("GET / HTTP/1.1\r\nHost: ");

            assertThat(client.readAll()).isEmpty();
        }
    }

    /** TLS writes what it is given later than a socket does: the pause before must not count for the request. */
    @Test
    void pauseLongerThanAnOriginMayBeSilent_doesNotCountForTheNextRequest() throws Exception {
        Duration silence = Duration.ofSeconds(1);
        try (MitmFixture fixture = MitmFixture.start(
                        MitmFixture::echoHeads,
                        builder -> builder.eventLoopThreads(1)
                                .timeouts(TimeoutOptions.defaults().withResponse(silence)));
                RawClient client = fixture.inside()) {
            String host = "Host: " + fixture.at(INSIDE);
            assertThat(ask(client, "GET /1 HTTP/1.1", host).status()).isEqualTo(200);
            Thread.sleep(silence.plus(SHORT).toMillis()); // the pause is what is tested

            assertThat(ask(client, "GET /2 HTTP/1.1", host).body()).startsWith("GET /2 HTTP/1.1");
            assertThat(fixture.origin().accepted()).isEqualTo(1);
        }
    }

    @Test
    void clientHelloInTheSegmentOfTheConnect_isAnswered() throws Exception {
        try (MitmFixture fixture = MitmFixture.start();
                RawClient client = fixture.proxy().connect()) {
            byte[] connect = ("CONNECT " + fixture.at(INSIDE) + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(ISO_8859_1);
            byte[] hello = clientHello(fixture);
            client.send(ByteBuffer.allocate(connect.length + hello.length)
                    .put(connect)
                    .put(hello)
                    .array());

            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(client.read(1)).containsExactly(0x16); // a handshake record, RFC 8446 §5.1
        }
    }

    @Test
    void certificate_isForTheHostOfTheConnect_whateverServerNameIsAskedFor() throws Exception {
        try (MitmFixture fixture = MitmFixture.start();
                RawClient client = fixture.tunnel(INSIDE);
                SSLSocket tls = (SSLSocket) fixture.clientTls()
                        .getSocketFactory()
                        .createSocket(client.socket(), INSIDE, client.socket().getPort(), true)) {
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("other.test")));
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            tls.setSSLParameters(parameters);
            tls.startHandshake();

            X509Certificate leaf = (X509Certificate) tls.getSession().getPeerCertificates()[0];
            assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(2, INSIDE));
            assertThat(tls.getApplicationProtocol()).isEqualTo("http/1.1");
        }
    }

    @Test
    void clientThatDoesNotTrustTheAuthority_onlyLosesItsTunnel() throws Exception {
        try (MitmFixture fixture = MitmFixture.start();
                RawClient distrusting = fixture.tunnel(INSIDE)) {
            TestCertificates other = TestCertificates.create("CN=other");
            assertThatThrownBy(() -> distrusting.startTls(other.clientTls(), "TLSv1.3"))
                    .isInstanceOf(UncheckedIOException.class);
            try (RawClient client = fixture.inside()) {
                assertThat(ask(client, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE))
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    // ---------------------------------------------------------------------------------------- the upstream leg

    @Test
    void originWithACertificateForAnotherName_isA502Inside() throws Exception {
        try (MitmFixture fixture = MitmFixture.withOriginNamed("other.allowed.test");
                RawClient client = fixture.inside()) {
            HttpReply refused = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE));
            HttpReply passed = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at("other.allowed.test"));

            assertThat(refused.status()).isEqualTo(502);
            assertThat(refused.header("X-Smokescreen-Error-Code")).isEqualTo("upstream-tls-failed");
            assertThat(passed.status()).isEqualTo(200);
        }
    }

    @Test
    void originThatIsNotTrusted_isA502Inside() throws Exception {
        try (MitmFixture fixture = MitmFixture.start(
                        MitmFixture::echoHeads, builder -> builder.originTls(OriginTlsOptions.systemTrust()));
                RawClient client = fixture.inside()) {
            HttpReply refused = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE));

            assertThat(refused.status()).isEqualTo(502);
            assertThat(refused.header("X-Smokescreen-Error-Code")).isEqualTo("upstream-tls-failed");
            assertThat(fixture.proxy().decisions().get(1)).containsEntry("level", "ERROR");
        }
    }

    @Test
    void httpsUri_isVerifiedTheSameWay() throws Exception {
        try (MitmFixture fixture = MitmFixture.withOriginNamed("other.allowed.test");
                RawClient client = fixture.proxy().connect()) {
            HttpReply refused =
                    ask(client, "GET https://" + fixture.at("plain.allowed.test") + "/ HTTP/1.1", "Host: x");
            HttpReply passed =
                    ask(client, "GET https://" + fixture.at("other.allowed.test") + "/a HTTP/1.1", "Host: x");

            assertThat(refused.header("X-Smokescreen-Error-Code")).isEqualTo("upstream-tls-failed");
            assertThat(passed.body()).startsWith("GET /a HTTP/1.1");
        }
    }

    // ------------------------------------------------------------------------------------------------- bodies

    @Test
    void bodies_areStreamedBothWays() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        try (MitmFixture fixture = MitmFixture.start(connection -> {
                    TestOrigin.readHead(connection.getInputStream());
                    connection.getInputStream().readNBytes(4);
                    send(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
                    connection.getInputStream().readNBytes(4); // only comes once the first piece of the answer is there
                    send(connection, "3\r\ntwo\r\n0\r\n\r\n");
                    awaitAnswer(answered);
                });
                RawClient client = fixture.inside()) {
            client.send("POST / HTTP/1.1\r\nHost: " + fixture.at(INSIDE) + "\r\nContent-Length: 8\r\n\r\nhalf");
            assertThat(client.readHead()).contains("transfer-encoding: chunked");
            assertThat(text(client.read(8))).isEqualTo("3\r\none\r\n");
            client.send("half");
            assertThat(text(client.read(13))).isEqualTo("3\r\ntwo\r\n0\r\n\r\n");
            answered.countDown();
        }
    }

    @Test
    void largeBody_arrivesWhole() throws Exception {
        String body = "0123456789abcdef".repeat(128 * 1024);
        try (MitmFixture fixture = MitmFixture.start(connection -> {
                    TestOrigin.readHead(connection.getInputStream());
                    byte[] received = connection.getInputStream().readNBytes(body.length());
                    send(
                            connection,
                            "HTTP/1.1 200 OK\r\nContent-Length: " + received.length + "\r\n\r\n" + text(received));
                });
                RawClient client = fixture.inside()) {
            client.send("PUT / HTTP/1.1\r\nHost: " + fixture.at(INSIDE) + "\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body);

            assertThat(HttpReply.read(client).body()).isEqualTo(body);
        }
    }

    @Test
    void responseThatEndsWithCloseNotify_isComplete() throws Exception {
        try (MitmFixture fixture =
                        MitmFixture.start(connection -> readAndSend(connection, "HTTP/1.1 200 OK\r\n\r\nall"));
                RawClient client = fixture.inside()) {
            client.send("GET / HTTP/1.1\r\nHost: " + fixture.at(INSIDE) + "\r\n\r\n");

            assertThat(client.readHead()).contains("transfer-encoding: chunked");
            assertThat(text(client.read(13))).isEqualTo("3\r\nall\r\n0\r\n\r\n");
        }
    }

    /** RFC 9112 §9.8: without close_notify nobody can tell whether that was all. */
    @Test
    void responseThatEndsWithoutCloseNotify_isCut() throws Exception {
        TestCertificates origins = TestCertificates.create("CN=origins");
        TestTls tls = TestTls.of(origins.server("*.allowed.test"));
        try (TestOrigin origin = TestOrigin.start(connection -> {
                    readAndSend(tls.accept(connection), "HTTP/1.1 200 OK\r\n\r\npart");
                    connection.shutdownOutput();
                    connection.getInputStream().readAllBytes();
                });
                MitmFixture fixture = MitmFixture.start(
                        MitmFixture::echoHeads,
                        builder -> builder.originTls(
                                OriginTlsOptions.systemTrust().withAuthorities(List.of(origins.certificate()))));
                RawClient client = fixture.inside()) {
            client.send("GET / HTTP/1.1\r\nHost: " + INSIDE + ":" + origin.port() + "\r\n\r\n");
            client.readHead();
            assertThat(text(client.read(9))).isEqualTo("4\r\npart\r\n");

            assertThatThrownBy(() -> client.read(1)).isInstanceOf(UncheckedIOException.class);
        }
    }

    // ---------------------------------------------------------------------------------------------- WebSocket

    @Test
    void webSocket_becomesATunnelInside() throws Exception {
        try (MitmFixture fixture = MitmFixture.start(connection -> {
                    String head = TestOrigin.readHead(connection.getInputStream());
                    boolean asked = head.contains("upgrade: websocket") && head.contains("X-Tenant: ours");
                    send(
                            connection,
                            asked
                                    ? "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                                            + "Upgrade: websocket\r\n\r\nfirst"
                                    : "HTTP/1.1 400 Bad request\r\n\r\n");
                    connection
                            .getOutputStream()
                            .write(connection.getInputStream().readNBytes(5));
                });
                RawClient client = fixture.inside()) {
            client.send("GET /ws HTTP/1.1\r\nHost: " + fixture.at(INSIDE)
                    + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");

            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
            assertThat(text(client.read(5))).isEqualTo("first");
            client.send("hello");
            assertThat(client.readAllText()).isEqualTo("hello"); // and then the origin's end, as close_notify
            client.halfClose();
            await().untilAsserted(() -> assertThat(fixture.proxy().closes()).hasSize(1));
        }
    }

    @Test
    void webSocketWhoseClientIsCutWithinARecord_isCutForTheOriginToo() throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        try (MitmFixture fixture = MitmFixture.start(connection -> {
                    TestOrigin.readHead(connection.getInputStream());
                    send(
                            connection,
                            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
                    try {
                        end.complete("ended after "
                                + text(connection.getInputStream().readAllBytes()));
                    } catch (IOException e) {
                        end.complete("cut");
                    }
                });
                RawClient tcp = fixture.tunnel(INSIDE);
                RawClient client = tcp.startTls(fixture.clientTls(), "TLSv1.3")) {
            client.send("GET /ws HTTP/1.1\r\nHost: " + fixture.at(INSIDE)
                    + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
            client.send("message");
            tcp.send(new byte[] {0x17, 3, 3, 0, 0x50, 1, 2, 3}).halfClose();

            assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("cut");
        }
    }

    // ------------------------------------------------------------------------------------------- TLS inside TLS

    @Test
    void clientWithACertificate_speaksTlsInsideOfTls() throws Exception {
        TestCertificates clients = TestCertificates.create("CN=clients");
        try (MitmFixture fixture =
                        MitmFixture.start(MitmFixture::echoHeads, builder -> builder.tls(proxyTls(clients)));
                RawClient outer = RawClient.connectTls(
                        fixture.proxy().address(), clients.clientTls(clients.issue("CN=restricted")), "TLSv1.3")) {
            RawClient client = fixture.tunnel(outer, INSIDE).startTls(fixture.clientTls(), "TLSv1.3");

            HttpReply own = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE));
            HttpReply others = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at("other.allowed.test"));
            HttpReply last = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE), "Connection: close");

            assertThat(List.of(own.status(), others.status(), last.status())).containsExactly(200, 407, 200);
            assertThat(client.readAll()).isEmpty();
            assertThat(fixture.proxy().decisions())
                    .extracting(line -> line.get("inbound_remote_x509_cn"))
                    .containsOnly("restricted");
        }
    }

    // -------------------------------------------------------------------------------------------------- ends

    @Test
    void tunnel_holdsItsPlaceUntilItsClientLeaves() throws Exception {
        try (MitmFixture fixture = MitmFixture.start(
                MitmFixture::echoHeads,
                builder -> builder.limits(LimitOptions.defaults().withMaxConcurrentTunnels(1)))) {
            try (RawClient first = fixture.inside()) {
                assertThat(ask(first, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE))
                                .status())
                        .isEqualTo(200);
                assertThat(connect(fixture)).isEqualTo(429);
            }
            await().untilAsserted(() -> assertThat(connect(fixture)).isEqualTo(200));
        }
    }

    @Test
    void stop_endsATunnelThatWaitsForARequest() throws Exception {
        try (MitmFixture fixture = MitmFixture.start();
                RawClient client = fixture.inside()) {
            ask(client, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE));

            assertThat(fixture.proxy().smokescreen().stop(Duration.ofSeconds(20)))
                    .isTrue();
            assertThat(client.readAll()).isEmpty();
        }
    }

    @Test
    void originThatIsNotThere_isA502Inside() throws Exception {
        try (MitmFixture fixture = MitmFixture.start()) {
            int port;
            try (TestOrigin gone = TestOrigin.start(Socket::close)) {
                port = gone.port();
            }
            try (RawClient client = fixture.inside()) {
                HttpReply reply = ask(client, "GET / HTTP/1.1", "Host: " + INSIDE + ":" + port);

                assertThat(reply.status()).isEqualTo(502);
                assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("connect-failed");
            }
        }
    }

    private static int connect(MitmFixture fixture) {
        try (RawClient client = fixture.proxy().connect()) {
            client.send("CONNECT " + fixture.at(INSIDE) + " HTTP/1.1\r\nHost: x\r\n\r\n");
            return HttpReply.readHead(client).status();
        }
    }

    private static TlsOptions proxyTls(TestCertificates clients) {
        try {
            return clients.proxyTls();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return whether the connection ends without an answer in HTTP, by FIN or by RST, an alert of TLS perhaps before} */
    private static boolean sawNoReply(RawClient client) {
        try {
            return !client.readAllText().contains("HTTP/1.1");
        } catch (UncheckedIOException e) {
            return e.getCause() instanceof SocketException;
        }
    }

    private static byte[] clientHello(MitmFixture fixture) throws Exception {
        SSLEngine engine = fixture.clientTls().createSSLEngine(INSIDE, 443);
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        byte[] bytes = new byte[hello.flip().remaining()];
        hello.get(bytes);
        return bytes;
    }

    private static void readAndSend(Socket connection, String response) throws IOException {
        TestOrigin.readHead(connection.getInputStream());
        send(connection, response);
    }

    private static void send(Socket connection, String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private static void awaitAnswer(CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }
}
