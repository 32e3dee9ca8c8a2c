package io.smokescreen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import io.smokescreen.testing.FullBacklog;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.OpenDescriptors;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are silent, many, impatient, or ahead of their time. */
class SlowClientsTest {

    private static final String NAME = "a.allowed.test";
    private static final Duration LIMIT = Duration.ofMillis(700);

    @ParameterizedTest
    @ValueSource(strings = {"", "GET http://a.al", "GET http://a.allowed.test/ HTTP/1.1\r\nHost: a"})
    void headThatNeverEnds_isClosedAfterTheLimit(String part) {
        try (TestProxy proxy = TestProxy.start(
                        builder -> builder.timeouts(TimeoutOptions.defaults().withReadHeader(LIMIT)));
                RawClient client = proxy.connect()) {
            long start = System.nanoTime();
            client.send(part);

            assertThat(client.readAll()).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(LIMIT.minusMillis(100), LIMIT.multipliedBy(5));
        }
    }

    @Test
    void silentConnections_300ofThem_areAllGone() {
        try (TestProxy proxy = TestProxy.start(
                builder -> builder.timeouts(TimeoutOptions.defaults().withReadHeader(LIMIT)))) {
            long before = OpenDescriptors.sockets();
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                clients.add(proxy.connect());
            }
            assertThat(OpenDescriptors.sockets()).isGreaterThanOrEqualTo(before + 300);

            clients.forEach(client -> assertThat(client.readAll()).isEmpty());
            clients.forEach(RawClient::close);
            await().until(() -> OpenDescriptors.sockets() <= before);
        }
    }

    @Test
    void idleKeepAlive_isClosedAfterItsOwnLimit() {
        try (TestProxy proxy = TestProxy.start(
                        builder -> builder.timeouts(TimeoutOptions.defaults().withKeepAlive(LIMIT)));
                RawClient client = proxy.connect()) {
            client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(HttpReply.read(client).status()).isEqualTo(407);

            assertThat(client.readAll()).isEmpty();
        }
    }

    @Test
    void clientLeaves_whileDnsIsRunning_nothingGoesOn() {
        try (TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            proxy.dns().drop(NAME);
            client.send("CONNECT " + NAME + ":443 HTTP/1.1\r\nHost: x\r\n\r\n");
            await().until(() -> proxy.dns().count(NAME) > 0);
            assertThat(proxy.requestsInWork()).isEqualTo(1);

            client.reset();

            assertAbandoned(proxy);
            assertThat(proxy.total(Metric.CONNECTION_ATTEMPTS)).isZero();
        }
    }

    @Test
    void clientLeaves_whileTheDialIsRunning_nothingConnectsLate() throws IOException {
        long before = OpenDescriptors.sockets();
        try (FullBacklog deaf = new FullBacklog();
                TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
            client.send("GET http://" + NAME + ":" + deaf.port() + "/ HTTP/1.1\r\nHost: x\r\n\r\n");
            await().until(() -> proxy.total(Metric.PROXY_DURATION) > 0);

            client.reset();

            assertAbandoned(proxy);
            assertThat(proxy.total(Metric.CONNECTION_TIME)).isZero();
            assertThat(proxy.closes()).isEmpty();
        }
        await().until(() -> OpenDescriptors.sockets() <= before);
    }

    @Test
    void pipelined50_areAnsweredInOrder_withOneInWork() throws IOException {
        AtomicInteger inWork = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        TestOrigin.Behaviour counting = connection -> {
            InputStream in = connection.getInputStream();
            for (String head = TestOrigin.readHead(in); !head.isEmpty(); head = TestOrigin.readHead(in)) {
                most.accumulateAndGet(inWork.incrementAndGet() + Math.min(in.available(), 1), Math::max);
                String path = head.split(" ", 3)[1];
                inWork.decrementAndGet();
                connection
                        .getOutputStream()
                        .write(("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path)
                                .getBytes(US_ASCII));
            }
        };
        try (TestOrigin origin = TestOrigin.start(counting);
                TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                requests.append("GET http://" + NAME + ":" + origin.port() + "/" + i + " HTTP/1.1\r\nHost: x\r\n\r\n");
            }
            client.send(requests.toString());

            for (int i = 0; i < 50; i++) {
                assertThat(HttpReply.read(client).body()).isEqualTo("/" + i);
            }
            assertThat(most).hasValue(1);
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    private static void assertAbandoned(TestProxy proxy) {
        await().untilAsserted(() -> {
            assertThat(proxy.requestsInWork()).isZero();
            assertThat(proxy.decisions())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .containsEntry("level", "ERROR")
                            .containsEntry("error", "the client left before the exchange was over"));
        });
    }
}
