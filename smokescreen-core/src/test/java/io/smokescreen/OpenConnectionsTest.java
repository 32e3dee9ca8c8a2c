package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the proxy tells about its open connections to destinations. */
class OpenConnectionsTest {

    private static final String NAME = "a.allowed.test";

    @Test
    void proxyThatIsNotStarted_hasNone() {
        try (Smokescreen proxy = Smokescreen.builder().build()) {
            assertThat(proxy.openConnections()).isEmpty();
        }
    }

    @Test
    void tunnel_isListed_withWhatMoved_untilItEnds() throws Exception {
        Instant before = Instant.now();
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = start();
                RawClient client = proxy.connect()) {
            client.send("CONNECT " + NAME + ":" + origin.port()
                    + " HTTP/1.1\r\nHost: x\r\nX-Smokescreen-Trace-ID: trace-7\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(client.send("12345").read(5)).asString().isEqualTo("12345");

            assertThat(proxy.smokescreen().openConnections()).singleElement().satisfies(tunnel -> {
                assertThat(tunnel.id()).isEqualTo(proxy.decisions().get(0).get("id"));
                assertThat(tunnel.traceId()).isEqualTo("trace-7");
                assertThat(tunnel.role()).isEqualTo("known");
                assertThat(tunnel.requestedHost()).isEqualTo(NAME + ":" + origin.port());
                assertThat(tunnel.remoteAddress()).isEqualTo(TestProxy.OPEN_ADDRESS + ":" + origin.port());
                assertThat(tunnel.created()).isBetween(before, Instant.now());
                assertThat(tunnel.bytesIn()).isEqualTo(5);
                assertThat(tunnel.bytesOut()).isEqualTo(5);
                assertThat(tunnel.sinceLastActivity())
                        .isBetween(Duration.ZERO, Duration.between(before, Instant.now()));
                assertThat(tunnel.proxyType()).isEqualTo("connect");
            });

            client.halfClose();
            await().untilAsserted(() ->
                    assertThat(proxy.smokescreen().openConnections()).isEmpty());
        }
    }

    @Test
    void silence_isCounted_sinceTheLastByte() throws Exception {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = start();
                RawClient client = proxy.connect()) {
            client.send("CONNECT " + NAME + ":" + origin.port() + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            await().until(() -> silence(proxy).compareTo(Duration.ofMillis(300)) > 0);

            long start = System.nanoTime();
            assertThat(client.send("x").read(1)).hasSize(1);

            assertThat(silence(proxy)).isLessThan(Duration.ofNanos(System.nanoTime() - start));
        }
    }

    @Test
    void plainHttp_isListed_alsoWhileItsConnectionWaits() throws Exception {
        try (TestOrigin origin = TestOrigin.start(connection -> {
                    TestOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                            .serve(connection);
                    connection.getInputStream().read();
                });
                TestProxy proxy = start();
                RawClient client = proxy.connect()) {
            client.send("GET http://" + NAME + ":" + origin.port() + "/ HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(HttpReply.read(client).body()).isEqualTo("ok");

            assertThat(proxy.smokescreen().openConnections()).singleElement().satisfies(waiting -> {
                assertThat(waiting.proxyType()).isEqualTo("http");
                assertThat(waiting.bytesIn()).isEqualTo(40);
                assertThat(waiting.bytesOut()).isPositive();
            });
        }
    }

    private static TestProxy start() {
        TestProxy proxy = TestProxy.start(builder -> builder.roleExtractor(request -> Optional.of("known")));
        proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
        return proxy;
    }

    private static Duration silence(TestProxy proxy) {
        return proxy.smokescreen().openConnections().get(0).sinceLastActivity();
    }
}
