package io.smokescreen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.NextHop;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestOrigin.Behaviour;
import io.smokescreen.testing.TestProxy;
import io.smokescreen.testing.TestTls;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a tunnel ends where the proxy speaks TLS 1.3 with the other end of it: a next hop, or the origin of a WebSocket. */
class UpstreamTlsEndsTest {

    private static final String HOP = "hop.test";
    private static final String ORIGIN = "ws.allowed.test";

    /** What the proxy speaks TLS with, and by which implementation. */
    private enum Server {
        NEXT_HOP,
        ORIGIN_BY_JDK,
        ORIGIN_BY_BORINGSSL;

        /** {@return whether close_notify of the server ends both directions} */
        boolean endsBoth() {
            return this != ORIGIN_BY_JDK;
        }
    }

    private final CompletableFuture<String> end = new CompletableFuture<>();

    @SuppressWarnings("NullAway.Init")
    private TestCertificates authority;

    @BeforeEach
    void createAuthority() throws GeneralSecurityException, IOException {
        authority = TestCertificates.create();
    }

    @ParameterizedTest
    @EnumSource
    void clientEnds_serverIsToldByCloseNotify_andItsAnswerArrives(Server server) throws Exception {
        CompletableFuture<String> question = new CompletableFuture<>();
        Behaviour answersAtTheEnd = connection -> {
            question.complete(new String(connection.getInputStream().readAllBytes(), ISO_8859_1));
            send(connection, "answer");
        };
        try (TestOrigin peer = start(server, answersAtTheEnd);
                TestProxy proxy = start(server, peer);
                RawClient client = open(server, proxy, peer)) {
            client.send("question").halfClose();

            assertThat(question.get(10, TimeUnit.SECONDS)).isEqualTo("question");
            assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("0 bytes, close_notify");
            assertThat(client.readAllText()).isEqualTo("answer");
            assertEndedWell(proxy);
        }
    }

    @ParameterizedTest
    @EnumSource
    void serverEnds_clientGoesOnSending_serverGetsAllOrSeesACut(Server server) throws Exception {
        try (TestOrigin peer = start(server, UpstreamTlsEndsTest::sayBye);
                TestProxy proxy = start(server, peer);
                RawClient client = open(server, proxy, peer)) {
            assertThat(client.readAllText()).isEqualTo("bye");
            client.send("x".repeat(100_000)).halfClose();

            assertThat(end.get(10, TimeUnit.SECONDS))
                    .isEqualTo(server.endsBoth() ? "cut" : "100000 bytes, close_notify");
        }
    }

    @ParameterizedTest
    @EnumSource
    void serverEnds_thenTheClient_serverSeesACleanEnd(Server server) throws Exception {
        try (TestOrigin peer = start(server, UpstreamTlsEndsTest::sayBye);
                TestProxy proxy = start(server, peer);
                RawClient client = open(server, proxy, peer)) {
            assertThat(client.readAllText()).isEqualTo("bye");
            client.halfClose();

            assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("0 bytes, close_notify");
            assertEndedWell(proxy);
        }
    }

    @ParameterizedTest
    @EnumSource
    void proxyCloses_serverSeesACut(Server server) throws Exception {
        try (TestOrigin peer = start(server, connection -> {});
                TestProxy proxy = start(server, peer);
                RawClient client = open(server, proxy, peer)) {
            client.send("part");
            proxy.smokescreen().close();

            assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("cut");
            assertThat(proxy.closes())
                    .singleElement()
                    .satisfies(line -> assertThat(line).containsEntry("active_at_termination", true));
        }
    }

    // --------------------------------------------------------------------------------------------- the parts

    private static void sayBye(Socket connection) throws IOException {
        send(connection, "bye");
        connection.shutdownOutput();
    }

    private static void send(Socket connection, String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private static void assertEndedWell(TestProxy proxy) {
        await().untilAsserted(() -> assertThat(proxy.closes())
                .singleElement()
                .satisfies(line -> assertThat(line).containsEntry("error", "")));
    }

    private TestOrigin start(Server server, Behaviour inTheTunnel) throws GeneralSecurityException, IOException {
        boolean hop = server == Server.NEXT_HOP;
        String answer = hop
                ? "HTTP/1.1 200 OK\r\n\r\n"
                : "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        Behaviour behaviour = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            send(connection, answer);
            inTheTunnel.serve(connection);
        };
        TestTls tls = TestTls.of(authority.server(hop ? HOP : ORIGIN)).versions("TLSv1.3");
        return TestOrigin.start(tls.thenTellEnd(behaviour, end::complete));
    }

    private TestProxy start(Server server, TestOrigin peer) {
        TlsProvider provider = server == Server.ORIGIN_BY_JDK ? TlsProvider.JDK : TlsProvider.OPENSSL;
        NextHopOptions hops = NextHopOptions.defaults()
                .withHttps(NextHop.parse("https://" + HOP + ":" + peer.port()))
                .withAuthorities(List.of(authority.certificate()));
        OriginTlsOptions origins = OriginTlsOptions.systemTrust()
                .withAuthorities(List.of(authority.certificate()))
                .withProvider(provider);
        Consumer<SmokescreenBuilder> toHop = builder -> builder.nextHops(hops);
        TestProxy proxy = TestProxy.start(server == Server.NEXT_HOP ? toHop : builder -> builder.originTls(origins));
        proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);
        return proxy;
    }

    private static RawClient open(Server server, TestProxy proxy, TestOrigin peer) {
        String authority = ORIGIN + ":" + peer.port();
        RawClient client = proxy.connect();
        client.send(
                server == Server.NEXT_HOP
                        ? "CONNECT " + authority + " HTTP/1.1\r\nHost: x\r\n\r\n"
                        : "GET https://" + authority + "/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                                + "Upgrade: websocket\r\n\r\n");
        assertThat(client.readHead()).containsAnyOf(" 200 ", " 101 ");
        return client;
    }
}
