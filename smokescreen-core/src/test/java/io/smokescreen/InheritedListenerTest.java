package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.netty.channel.epoll.Epoll;
import io.smokescreen.api.SmokescreenException;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.OpenDescriptors;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.SharedListener;
import io.smokescreen.testing.TestOrigin;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proxies on a socket that a supervisor holds, in the process of the supervisor. */
class InheritedListenerTest {

    private static final String HEALTH = "GET /healthcheck HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    @BeforeAll
    static void loadNativePart() {
        Epoll.ensureAvailability();
    }

    @Test
    void start_servesTheSocketsAddress_andCloseLeavesTheSupervisorsDescriptorListening() {
        try (SharedListener listener = SharedListener.open()) {
            long before = OpenDescriptors.sockets();
            try (Smokescreen proxy = on(listener).start()) {
                assertThat(proxy.address()).isEqualTo(listener.address());
                assertThat(health(listener.address())).isEqualTo(200);
            }
            await().until(() -> OpenDescriptors.sockets() <= before);

            CompletableFuture<Integer> waitsInTheQueue =
                    CompletableFuture.supplyAsync(() -> health(listener.address()));
            listener.answer("HTTP/1.1 299 Supervisor\r\nContent-Length: 0\r\n\r\n");
            assertThat(waitsInTheQueue.join()).isEqualTo(299);
        }
    }

    @Test
    void stop_whileATunnelIsOpen_leavesNewConnectionsToTheNextProxy() throws Exception {
        try (SharedListener listener = SharedListener.open();
                TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                Smokescreen first = on(listener).start();
                RawClient tunnel = RawClient.connect(listener.address())) {
            tunnel.send("CONNECT 127.0.0.2:" + origin.port() + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(tunnel.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(listener.isWatched()).isTrue();

            CompletableFuture<Boolean> stopped =
                    CompletableFuture.supplyAsync(() -> first.stop(Duration.ofSeconds(60)));
            // A descriptor that is closed, but still watched because others share its socket, wakes the loop for ever.
            await().until(() -> !listener.isWatched());
            CompletableFuture<Integer> waitsInTheQueue =
                    CompletableFuture.supplyAsync(() -> health(listener.address()));
            try (Smokescreen second = on(listener).start()) {
                assertThat(waitsInTheQueue.get(10, TimeUnit.SECONDS)).isEqualTo(200);
                assertThat(second.address()).isEqualTo(listener.address());
            }

            assertThat(tunnel.send("still there").halfClose().readAllText()).isEqualTo("still there");
            assertThat(stopped.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void twoProxies_onOneSocket_shareTheConnections() {
        try (SharedListener listener = SharedListener.open();
                Smokescreen first = on(listener).start();
                Smokescreen second = on(listener).start()) {
            assertThat(first.address()).isEqualTo(second.address());
            for (int i = 0; i < 200; i++) {
                assertThat(health(listener.address())).isEqualTo(200);
            }
        }
    }

    @Test
    void connect_toTheInheritedPort_isASelfConnection() {
        try (SharedListener listener = SharedListener.open();
                Smokescreen proxy = on(listener).start();
                RawClient client = RawClient.connect(proxy.address())) {
            client.send("CONNECT 127.0.0.1:" + listener.address().getPort() + " HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(client.readAllText()).startsWith("HTTP/1.1 407 ").contains("Deny: Self Connection");
        }
    }

    @Test
    void start_withNio_isAnErrorThatNamesEpoll_andLeavesTheDescriptorOpen() {
        try (SharedListener listener = SharedListener.open()) {
            Smokescreen proxy = Smokescreen.builder()
                    .listenOnDescriptor(listener.descriptor())
                    .transport(Transport.NIO)
                    .build();

            assertThatExceptionOfType(SmokescreenException.class)
                    .isThrownBy(proxy::start)
                    .withMessage("cannot listen on descriptor " + listener.descriptor()
                            + " with the transport nio (inherited descriptors need epoll, thus Linux)");
            try (RawClient client = RawClient.connect(listener.address())) {
                client.send(HEALTH);
                listener.answer("HTTP/1.1 299 Supervisor\r\nContent-Length: 0\r\n\r\n");
                assertThat(HttpReply.read(client).status()).isEqualTo(299);
            }
        }
    }

    @Test
    void build_withAnAddressToo_isAnError() {
        SmokescreenBuilder builder =
                Smokescreen.builder().listen("127.0.0.1", 0).listenOnDescriptor(3);

        assertThatIllegalStateException()
                .isThrownBy(builder::build)
                .withMessageContaining("listen cannot be combined with listenOnDescriptor");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2})
    void listenOnDescriptor_ofAStandardStream_isAnError(int descriptor) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Smokescreen.builder().listenOnDescriptor(descriptor))
                .withMessage("listenOnDescriptor is " + descriptor + " (expected 3 or more)");
    }

    private static SmokescreenBuilder on(SharedListener listener) {
        return Smokescreen.builder()
                .listenOnDescriptor(listener.handOver())
                .addressRules(AddressRules.builder().allowRange("127.0.0.0/8").build())
                .eventLoopThreads(2);
    }

    private static int health(InetSocketAddress address) {
        try (RawClient client = RawClient.connect(address)) {
            return HttpReply.read(client.send(HEALTH)).status();
        }
    }
}
