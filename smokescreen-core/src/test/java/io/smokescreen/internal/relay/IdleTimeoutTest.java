package io.smokescreen.internal.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.TimeoutOptions;
import io.smokescreen.Transport;
import io.smokescreen.testing.RawClient;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A tunnel in which nothing moves is closed, and only that. */
class IdleTimeoutTest {

    private static final Duration IDLE = Duration.ofMillis(1_200);
    private static final int BYTES = 10;

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void nothingMoves_bothAreReset(Transport transport) throws Exception {
        try (TunnelFixture tunnels = TunnelFixture.start(
                        transport, connection -> connection.getInputStream().read(), IdleTimeoutTest::shortIdle);
                RawClient client = tunnels.open()) {
            long start = System.nanoTime();

            assertThatThrownBy(client::readAll).hasMessageContaining("reset");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(IDLE.dividedBy(2), IDLE.multipliedBy(2));
            assertThat(tunnels.awaitCloses(1).get(0)).containsEntry("error", "idle timeout");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void nothingMoves_halfClosed_bothAreReset(Transport transport) throws Exception {
        try (TunnelFixture tunnels = TunnelFixture.start(
                        transport,
                        connection -> {
                            connection.getInputStream().readAllBytes();
                            new CountDownLatch(1).await();
                        },
                        IdleTimeoutTest::shortIdle);
                RawClient client = tunnels.open()) {
            client.halfClose();

            assertThatThrownBy(client::readAll).hasMessageContaining("reset");
            assertThat(tunnels.awaitCloses(1).get(0)).containsEntry("error", "idle timeout");
        }
    }

    /** A byte in every quarter of the idle time, from one side only. */
    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void slowOrigin_stays(Transport transport) throws Exception {
        try (TunnelFixture tunnels = TunnelFixture.start(
                        transport, connection -> drip(connection.getOutputStream()), IdleTimeoutTest::shortIdle);
                RawClient client = tunnels.open()) {
            assertThat(client.readAll()).hasSize(BYTES);
            client.halfClose();
            assertThat(tunnels.awaitCloses(1).get(0)).containsEntry("error", "");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void slowClient_stays(Transport transport) throws Exception {
        try (TunnelFixture tunnels = TunnelFixture.start(
                        transport,
                        connection -> connection.getInputStream().readAllBytes(),
                        IdleTimeoutTest::shortIdle);
                RawClient client = tunnels.open()) {
            drip(client.socket().getOutputStream());
            client.halfClose();
            assertThat(client.readAll()).isEmpty();
            assertThat(tunnels.awaitCloses(1).get(0)).containsEntry("bytes_out", (long) BYTES);
        }
    }

    /** What moves here is only what the proxy holds; from the origin nothing more comes. */
    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void slowReader_ofWhatTheProxyHolds_stays(Transport transport) throws Exception {
        int size = 24_000_000;
        AtomicLong written = new AtomicLong();
        try (TunnelFixture tunnels = TunnelFixture.start(
                        transport,
                        connection -> TunnelFixture.stream(connection.getOutputStream(), size, written),
                        IdleTimeoutTest::shortIdle);
                RawClient client = tunnels.open()) {
            TunnelFixture.awaitStall(written);
            int read = 0;
            for (int i = 0; i < 32; i++) {
                read += client.read(size / 32).length;
                Thread.sleep(
                        IDLE.toMillis() / 16); // the slow reader: twice the limit in all, often enough to be noticed
            }
            assertThat(read).isEqualTo(size);
            assertThat(client.read(1)).isEmpty();
        }
    }

    private static void shortIdle(SmokescreenBuilder builder) {
        builder.timeouts(TimeoutOptions.defaults().withIdle(IDLE));
    }

    private static void drip(OutputStream out) throws Exception {
        for (int i = 0; i < BYTES; i++) {
            out.write(i);
            out.flush();
            Thread.sleep(IDLE.toMillis() * 7 / 30); // the slow writer: 0.7 s against 3 s
        }
    }
}
