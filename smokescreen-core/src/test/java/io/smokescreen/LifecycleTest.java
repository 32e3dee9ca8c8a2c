package io.smokescreen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import io.smokescreen.api.SmokescreenException;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.OpenDescriptors;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Starting, draining and ending, and what is left afterwards: nothing. */
class LifecycleTest {

    private static final String NAME = "a.allowed.test";
    private static final Duration LONG = Duration.ofSeconds(10);

    @ParameterizedTest
    @EnumSource
    void close_leavesNoThreadAndNoSocket_andMayBeRepeated(Transport transport) {
        local().transport(transport).start().close(); // the JDK keeps a socket of its own from the first use on
        awaitNoThreads();
        long before = OpenDescriptors.sockets();
        Smokescreen proxy = local().transport(transport).start();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(RawClient.connect(proxy.address()));
        }
        clients.get(0).send("CONNECT localhost:443 HTTP/1.1\r\nHost: x\r\n\r\n").readHead();

        proxy.close();
        proxy.close();

        awaitNoThreads();
        clients.forEach(RawClient::close);
        await().until(() -> OpenDescriptors.sockets() <= before);
    }

    /** Connections that are accepted while their event loop ends were once forgotten there. */
    @Test
    void close_whileConnectionsAreBeingAccepted_leavesNoSocket() {
        local().start().close();
        long before = OpenDescriptors.sockets();
        for (int round = 0; round < 30; round++) {
            List<RawClient> clients = new ArrayList<>();
            try (Smokescreen proxy = local().start()) {
                for (int i = 0; i < 20; i++) {
                    clients.add(RawClient.connect(proxy.address()));
                }
            }
            clients.forEach(RawClient::close);
        }

        await().until(() -> OpenDescriptors.sockets() <= before);
    }

    @Test
    void start_twice_isAnError() {
        try (Smokescreen proxy = local().start()) {
            assertThatIllegalStateException().isThrownBy(proxy::start).withMessageContaining("already started");
        }
    }

    @Test
    void start_afterClose_isAnError() {
        Smokescreen proxy = local().build();
        proxy.close();

        assertThatIllegalStateException().isThrownBy(proxy::start).withMessageContaining("already closed");
        assertThatIllegalStateException().isThrownBy(proxy::address);
    }

    @Test
    void start_onATakenPort_namesItLeavesNothing_andMayBeRepeated() throws IOException {
        awaitNoThreads();
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        int port = taken.getLocalPort();
        Smokescreen proxy = Smokescreen.builder().listen("127.0.0.1", port).build();

        assertThatExceptionOfType(SmokescreenException.class)
                .isThrownBy(proxy::start)
                .withMessageContaining("127.0.0.1")
                .withMessageContaining(String.valueOf(port));
        awaitNoThreads();

        taken.close();
        try (Smokescreen second = proxy.start();
                RawClient client = RawClient.connect(second.address())) {
            client.send("GET /healthcheck HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(HttpReply.read(client).status()).isEqualTo(200);
        }
    }

    @Test
    @SuppressWarnings("try") // closing one of them early is the point
    void several_inOneJvm_areIndependent() {
        try (Smokescreen first = local().start();
                Smokescreen second = local().start()) {
            first.close();

            try (RawClient client = RawClient.connect(second.address())) {
                client.send("GET /healthcheck HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(HttpReply.read(client).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void stop_withNothingOpen_returnsTrue_andMayBeRepeated() {
        try (TestProxy proxy = TestProxy.start()) {
            assertThat(proxy.smokescreen().stop(LONG)).isTrue();
            assertThat(proxy.smokescreen().stop(LONG)).isTrue();
        }
    }

    @Test
    void stop_closesConnectionsThatWait_soon() {
        try (TestProxy proxy = TestProxy.start();
                RawClient silent = proxy.connect();
                RawClient idle = proxy.connect();
                RawClient halfway = proxy.connect()) {
            assertThat(denied(idle).status()).isEqualTo(407);
            halfway.send("GET http://evil.test/ HTTP/1.1\r\nHost:");

            assertThat(proxy.smokescreen().stop(LONG)).isTrue();

            assertThat(silent.readAll()).isEmpty();
            assertThat(idle.readAll()).isEmpty();
            assertThat(halfway.readAll()).isEmpty();
        }
    }

    /** A request may be on its way when the proxy begins to drain; the client cannot know that. */
    @Test
    void stop_answersOneMoreRequestOnAnOpenConnection_andSaysThatItEnds() throws Exception {
        try (TestOrigin origin =
                        TestOrigin.start(TestOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
                TestProxy proxy = TestProxy.start();
                RawClient first = proxy.connect();
                RawClient second = proxy.connect();
                RawClient third = proxy.connect()) {
            proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
            assertThat(denied(first).header("Connection")).isEmpty();
            InetSocketAddress address = proxy.address();
            CompletableFuture<Boolean> ended =
                    CompletableFuture.supplyAsync(() -> proxy.smokescreen().stop(LONG));
            await().pollInterval(Duration.ofMillis(10)).until(() -> isRefusedBy(address));

            first.send("GET http://" + NAME + ":" + origin.port() + "/ HTTP/1.1\r\nHost: x\r\n\r\n");
            second.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");
            third.send("GET /healthcheck HTTP/1.1\r\nHost: x\r\n\r\n");

            HttpReply forwarded = HttpReply.read(first);
            HttpReply refused = HttpReply.read(second);
            HttpReply health = HttpReply.read(third);
            assertThat(forwarded.status()).isEqualTo(200);
            assertThat(forwarded.header("Connection")).isEqualTo("close");
            assertThat(first.readAll()).isEmpty();
            assertThat(refused.status()).isEqualTo(407);
            assertThat(refused.header("Connection")).isEqualTo("close");
            assertThat(second.readAll()).isEmpty();
            assertThat(health.status()).isEqualTo(503);
            assertThat(health.body()).isEqualTo("draining");
            assertThat(ended.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void stop_withAnIdleTunnel_doesNotWaitForIt() throws Exception {
        TimeoutOptions timeouts = TimeoutOptions.defaults().withIdle(Duration.ofMillis(300));
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.start(builder -> builder.timeouts(timeouts));
                RawClient client = tunnel(proxy, origin)) {
            assertThat(proxy.smokescreen().stop(LONG)).isTrue();

            assertThat(endOf(client)).isTrue();
            assertThat(proxy.closes())
                    .singleElement()
                    .satisfies(line -> assertThat(line).doesNotContainKey("active_at_termination"));
            assertThat(proxy.total(Metric.CONNECTIONS_ACTIVE_AT_TERMINATION)).isZero();
        }
    }

    @Test
    void stop_withAConnectionThatWaitsForPlainHttp_closesItAsNotActive() throws Exception {
        TestOrigin.Behaviour keeping = connection -> {
            TestOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                    .serve(connection);
            connection.getInputStream().read();
        };
        try (TestOrigin origin = TestOrigin.start(keeping);
                TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
            client.send("GET http://" + NAME + ":" + origin.port() + "/ HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(HttpReply.read(client).status()).isEqualTo(200);
            assertThat(proxy.closes()).isEmpty();

            assertThat(proxy.smokescreen().stop(LONG)).isTrue();

            assertThat(proxy.closes())
                    .singleElement()
                    .satisfies(line -> assertThat(line).doesNotContainKey("active_at_termination"));
        }
    }

    @Test
    void stop_letsARequestEnd_andClosesItsConnection() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        TestOrigin.Behaviour slow = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            assertThat(answer.await(10, TimeUnit.SECONDS)).isTrue();
            connection.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(US_ASCII));
            connection.getInputStream().read();
        };
        try (TestOrigin origin = TestOrigin.start(slow);
                TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
            InetSocketAddress address = proxy.address();
            client.send("GET http://" + NAME + ":" + origin.port() + "/ HTTP/1.1\r\nHost: x\r\n\r\n");
            await().until(() -> origin.accepted() == 1);

            CompletableFuture<Boolean> ended =
                    CompletableFuture.supplyAsync(() -> proxy.smokescreen().stop(LONG));
            await().until(() -> isRefusedBy(address));
            answer.countDown();

            HttpReply reply = HttpReply.read(client);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("Connection")).isEqualTo("close");
            assertThat(client.readAll()).isEmpty();
            assertThat(ended.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void stop_withATunnelThatEnds_returnsTrue() throws Exception {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.start();
                RawClient client = tunnel(proxy, origin)) {
            CompletableFuture<Boolean> ended =
                    CompletableFuture.supplyAsync(() -> proxy.smokescreen().stop(LONG));
            InetSocketAddress address = proxy.address();
            await().until(() -> isRefusedBy(address));
            assertThat(client.send("more").halfClose().readAllText()).isEqualTo("more");

            assertThat(ended.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(proxy.closes())
                    .singleElement()
                    .satisfies(line -> assertThat(line).doesNotContainKey("active_at_termination"));
        }
    }

    @Test
    void stop_withATunnelThatStays_closesItAtTheDeadline() throws Exception {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.start();
                RawClient client = tunnel(proxy, origin)) {
            assertThat(proxy.smokescreen().stop(Duration.ofMillis(300))).isFalse();

            assertThat(endOf(client)).isTrue();
            assertThat(proxy.closes())
                    .singleElement()
                    .satisfies(line -> assertThat(line).containsEntry("active_at_termination", true));
            assertThat(proxy.total(Metric.CONNECTIONS_ACTIVE_AT_TERMINATION)).isEqualTo(1);
        }
    }

    private static HttpReply denied(RawClient client) {
        return HttpReply.read(client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n"));
    }

    private static RawClient tunnel(TestProxy proxy, TestOrigin origin) {
        proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
        RawClient client = proxy.connect();
        client.send("CONNECT " + NAME + ":" + origin.port() + " HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
        return client;
    }

    private static SmokescreenBuilder local() {
        return Smokescreen.builder().listen("127.0.0.1", 0).eventLoopThreads(2);
    }

    private static boolean isRefusedBy(InetSocketAddress address) {
        try {
            RawClient.connect(address).close();
            return false;
        } catch (UncheckedIOException e) {
            return true;
        }
    }

    /** {@return whether the connection has ended, by FIN or by RST} */
    private static boolean endOf(RawClient client) {
        try {
            return client.readAll().length == 0;
        } catch (UncheckedIOException e) {
            return String.valueOf(e.getMessage()).contains("reset");
        }
    }

    private static void awaitNoThreads() {
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("smokescreen")));
    }
}
