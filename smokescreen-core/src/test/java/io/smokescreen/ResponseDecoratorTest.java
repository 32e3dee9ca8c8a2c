package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import io.smokescreen.api.ResponseDecorator;
import io.smokescreen.testing.CapturedLog;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.net.SocketException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an application adds to the heads of responses, and what of that never goes out. */
class ResponseDecoratorTest {

    private static final String NAME = "a.allowed.test";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Who: origin\r\n\r\nok";

    @RegisterExtension
    private final CapturedLog failures = new CapturedLog("io.smokescreen.internal.policy.FailureLog");

    private final List<ResponseDecorator.Response> seen = new CopyOnWriteArrayList<>();

    private final ResponseDecorator who = (request, response) -> {
        seen.add(response);
        return Map.of("x-who", "proxy", "X-Id", request.id());
    };

    @Test
    void accepted_isDecorated_connect() throws IOException {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = start(builder -> builder.decorateAccepted(who));
                RawClient client = connect(proxy, origin)) {
            HttpReply reply = HttpReply.readHead(client);

            assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(reply.headers()).containsOnlyKeys("x-who", "x-id");
            assertThat(reply.header("x-id")).isEqualTo(proxy.decisions().get(0).get("id"));
            assertThat(seen).containsExactly(new ResponseDecorator.Response(200, "", ""));
            assertThat(client.send("ping").read(4)).asString().isEqualTo("ping");
        }
    }

    @Test
    void accepted_isDecorated_plainHttp_replacingWhatTheOriginSent() throws IOException {
        try (TestOrigin origin = TestOrigin.start(TestOrigin.answering(OK));
                TestProxy proxy = start(builder -> builder.decorateAccepted(who));
                RawClient client = get(proxy, origin)) {
            HttpReply reply = HttpReply.read(client);

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).isEqualTo("ok");
            assertThat(reply.header("x-who")).isEqualTo("proxy");
            assertThat(seen).hasSize(1);
        }
    }

    @Test
    void accepted_originCannotHaveTheFieldTakenAwayAsOneOfTheConnection() throws IOException {
        String response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x-who, x-server-ip\r\n\r\n";
        try (TestOrigin origin = TestOrigin.start(TestOrigin.answering(response));
                TestProxy proxy = start(builder -> builder.decorateAccepted(who).addServerIpHeader(true));
                RawClient client = get(proxy, origin)) {
            HttpReply reply = HttpReply.read(client);

            assertThat(reply.header("x-who")).isEqualTo("proxy");
            assertThat(reply.header("x-server-ip")).isEqualTo(TestProxy.OPEN_ADDRESS);
        }
    }

    @Test
    void accepted_finalResponseOnly_andTheOneThatSwitchesProtocols() throws IOException {
        String interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
        String upgraded = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
        try (TestOrigin origin = TestOrigin.start(TestOrigin.answering(interim + upgraded));
                TestProxy proxy = start(builder -> builder.decorateAccepted(who));
                RawClient client = proxy.connect()) {
            client.send("GET http://" + NAME + ":" + origin.port() + "/ HTTP/1.1\r\nHost: x\r\n"
                    + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");

            assertThat(HttpReply.readHead(client).headers()).containsOnlyKeys("link");
            HttpReply switched = HttpReply.readHead(client);
            assertThat(switched.status()).isEqualTo(101);
            assertThat(switched.header("x-who")).isEqualTo("proxy");
            assertThat(seen).containsExactly(new ResponseDecorator.Response(101, "", ""));
        }
    }

    @Test
    void rejected_isDecorated_andKnowsTheCode() {
        try (TestProxy proxy = start(builder -> builder.decorateRejected(who));
                RawClient client = proxy.connect()) {
            client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");

            HttpReply reply = HttpReply.read(client);

            assertThat(reply.status()).isEqualTo(407);
            assertThat(reply.header("x-who")).isEqualTo("proxy");
            assertThat(seen).containsExactly(new ResponseDecorator.Response(407, "acl-denied", reply.body()));
        }
    }

    @Test
    void malformedRequest_isNobodysToDecorate() {
        try (TestProxy proxy = start(builder -> builder.decorateRejected(who));
                RawClient client = proxy.connect()) {
            client.send("CONNECT a:b HTTP/1.1\r\nHost: x\r\n\r\n");

            HttpReply reply = HttpReply.read(client);

            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.headers()).doesNotContainKey("x-who");
            assertThat(seen).isEmpty();
        }
    }

    @Test
    void eachIsAskedForItsOwnOnly() throws IOException {
        try (TestOrigin origin = TestOrigin.start(TestOrigin.answering(OK));
                TestProxy proxy = start(builder -> builder.decorateRejected(who));
                RawClient client = get(proxy, origin)) {
            assertThat(HttpReply.read(client).header("x-who")).isEqualTo("origin");
            assertThat(seen).isEmpty();
        }
    }

    static Stream<Named<ResponseDecorator>> bad() {
        return Stream.of(
                Named.of("throws", (request, response) -> {
                    throw new IOException("decorator");
                }),
                Named.of("throws an error", (request, response) -> {
                    throw new StackOverflowError("decorator");
                }),
                Named.of("null", ResponseDecoratorTest::nothing),
                Named.of("null value", (request, response) -> withNullValue()),
                Named.of("splits by a value", (request, response) -> Map.of("X-A", "b\r\nX-Injected: c")),
                Named.of("splits by a lone LF", (request, response) -> Map.of("X-A", "b\nX-Injected: c")),
                Named.of("splits by a name", (request, response) -> Map.of("X-A: b\r\nX-Injected", "c")),
                Named.of("wide character that ends in LF", (request, response) -> Map.of("X-A", "b\u010aX: c")),
                Named.of("blank in the name", (request, response) -> Map.of("X A", "b")),
                Named.of("no name", (request, response) -> Map.of("", "b")),
                Named.of("Content-Length", (request, response) -> Map.of("Content-Length", "0")),
                Named.of("content_length", (request, response) -> Map.of("content_length", "0")),
                Named.of("Transfer-Encoding", (request, response) -> Map.of("transfer-encoding", "chunked")),
                Named.of("Connection", (request, response) -> Map.of("Connection", "close")),
                Named.of("error code", (request, response) -> Map.of("X-Smokescreen-Error-Code", "mine")));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void accepted_badDecoration_connectIsRefused_andTheDestinationClosed(ResponseDecorator bad) throws Exception {
        CompletableFuture<Integer> received = new CompletableFuture<>();
        try (TestOrigin origin = TestOrigin.start(connection ->
                        received.complete(connection.getInputStream().read()));
                TestProxy proxy = start(builder -> builder.decorateAccepted(bad));
                RawClient client = connect(proxy, origin)) {
            refused(HttpReply.read(client));

            assertThat(client.read(1)).isEmpty();
            assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
            assertThat(proxy.decisions()).hasSize(1);
            assertThat(proxy.decisions().get(0)).containsEntry("error", "Internal failure of the proxy");
            assertThat(failures.events()).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("bad")
    void accepted_badDecoration_plainHttpIsRefused_andTheOriginReset(ResponseDecorator bad) throws Exception {
        CompletableFuture<String> ending = new CompletableFuture<>();
        try (TestOrigin origin = TestOrigin.start(connection -> {
                    TestOrigin.answering(OK).serve(connection);
                    ending.complete(ending(() -> connection.getInputStream().read()));
                });
                TestProxy proxy = start(builder -> builder.decorateAccepted(bad));
                RawClient client = get(proxy, origin)) {
            refused(HttpReply.read(client));

            assertThat(ending.get(10, TimeUnit.SECONDS)).isEqualTo("reset");
            await().until(() -> !proxy.closes().isEmpty());
            assertThat(proxy.closes().get(0)).containsEntry("error", "the response could not be decorated");
        }
    }

    @ParameterizedTest
    @MethodSource("bad")
    void rejected_badDecoration_goesOutWithoutIt_loggedOnce(ResponseDecorator bad) {
        try (TestProxy proxy = start(builder -> builder.decorateRejected(bad))) {
            for (int i = 0; i < 2; i++) {
                try (RawClient client = proxy.connect()) {
                    client.send("CONNECT evil.test:443 HTTP/1.1\r\nHost: x\r\n\r\n");

                    HttpReply reply = HttpReply.read(client);

                    assertThat(reply.status()).isEqualTo(407);
                    assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("acl-denied");
                    assertThat(reply.body()).contains("default rule policy used");
                    assertThat(reply.headers())
                            .containsOnlyKeys(
                                    "connection",
                                    "content-length",
                                    "content-type",
                                    "x-smokescreen-error",
                                    "x-smokescreen-error-code");
                }
            }
            assertThat(failures.events()).hasSize(1);
        }
    }

    @Test
    void badDecoration_isNoFaultOfTheProxy_inTheMetrics() throws IOException {
        ResponseDecorator bad = (request, response) -> Map.of("Connection", "close");
        try (TestOrigin origin = TestOrigin.start(TestOrigin.answering(OK));
                TestProxy proxy = start(builder -> builder.decorateAccepted(bad));
                RawClient client = get(proxy, origin)) {
            refused(HttpReply.read(client));

            assertThat(proxy.total(Metric.REQUESTS_INTERNAL_ERROR)).isZero();
        }
    }

    @Test
    void serverIp_isTold_replacingTheOrigins() throws IOException {
        String response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-server-ip: 1.1.1.1\r\n\r\n";
        try (TestOrigin origin = TestOrigin.start(TestOrigin.answering(response));
                TestProxy proxy = start(builder -> builder.addServerIpHeader(true));
                RawClient plain = get(proxy, origin);
                RawClient tunnel = connect(proxy, origin)) {
            assertThat(HttpReply.read(plain).headers().get("x-server-ip")).containsExactly(TestProxy.OPEN_ADDRESS);
            assertThat(tunnel.readHead()).isEqualTo("HTTP/1.1 200 OK\r\nX-Server-Ip: 127.0.0.2\r\n\r\n");
        }
    }

    @Test
    void serverIp_isNotTold_unlessAskedFor() throws IOException {
        String response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Server-Ip: 1.1.1.1\r\n\r\n";
        try (TestOrigin origin = TestOrigin.start(TestOrigin.answering(response));
                TestProxy proxy = start(builder -> {});
                RawClient plain = get(proxy, origin);
                RawClient tunnel = connect(proxy, origin)) {
            assertThat(HttpReply.read(plain).header("x-server-ip")).isEqualTo("1.1.1.1");
            assertThat(tunnel.readHead()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
        }
    }

    private static TestProxy start(Consumer<SmokescreenBuilder> customize) {
        TestProxy proxy = TestProxy.start(customize);
        proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
        return proxy;
    }

    private static RawClient connect(TestProxy proxy, TestOrigin origin) {
        return proxy.connect().send("CONNECT " + NAME + ":" + origin.port() + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    private static RawClient get(TestProxy proxy, TestOrigin origin) {
        return proxy.connect().send("GET http://" + NAME + ":" + origin.port() + "/ HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    private static void refused(HttpReply reply) {
        assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 500 Internal server error");
        assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("internal-error");
        assertThat(reply.headers()).doesNotContainKeys("x-a", "x-injected", "x-who");
        assertThat(reply.body()).isEqualTo("Internal failure of the proxy");
    }

    /** Reads something from a socket. */
    private interface Reading {
        int read() throws IOException;
    }

    private static String ending(Reading reading) throws IOException {
        try {
            return reading.read() < 0 ? "end" : "bytes";
        } catch (SocketException e) {
            return "reset";
        }
    }

    @SuppressWarnings("NullAway") // what user code may do against the contract
    private static Map<String, String> nothing(Object request, Object response) {
        return null;
    }

    @SuppressWarnings("NullAway")
    private static Map<String, String> withNullValue() {
        Map<String, String> fields = new HashMap<>();
        fields.put("X-A", null);
        return fields;
    }
}
