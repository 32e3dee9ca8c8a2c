package io.smokescreen.internal.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smokescreen.Transport;
import io.smokescreen.testing.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However a tunnel ends, the other side learns how, and there is one close line. */
class TunnelEndingsTest {

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void originResets_clientSeesReset(Transport transport) throws Exception {
        try (TunnelFixture tunnels = TunnelFixture.start(transport, connection -> {
                    connection.getInputStream().read();
                    reset(connection);
                });
                RawClient client = tunnels.open()) {
            client.send("x");

            assertThatThrownBy(client::readAll).hasMessageContaining("Connection reset");
            assertThat(tunnels.awaitCloses(1).get(0).get("error")).asString().contains("reset");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void clientResets_originSeesReset(Transport transport) throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        CountDownLatch sawByte = new CountDownLatch(1);
        try (TunnelFixture tunnels = TunnelFixture.start(transport, connection -> {
                    connection.getInputStream().read();
                    sawByte.countDown();
                    end.complete(howItEnds(connection));
                });
                RawClient client = tunnels.open()) {
            client.send("x");
            assertThat(sawByte.await(10, TimeUnit.SECONDS)).isTrue();
            client.reset();

            assertThat(end.get(10, TimeUnit.SECONDS)).contains("reset");
            assertThat(tunnels.awaitCloses(1).get(0).get("error")).asString().contains("reset");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void originEndsAndResets_oneCloseLine(Transport transport) throws Exception {
        try (TunnelFixture tunnels = TunnelFixture.start(transport, connection -> {
                    connection.getInputStream().read();
                    connection.shutdownOutput();
                    connection.getInputStream().read();
                    reset(connection);
                });
                RawClient client = tunnels.open()) {
            client.send("x");
            assertThat(client.readAll()).isEmpty();
            // The kernel tells a side that has ended of its RST only when something is written to it.
            await().until(() -> !tunnels.proxy().closes().isEmpty() || !isSent(client));

            tunnels.awaitCloses(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void clientEndsAndResets_oneCloseLine(Transport transport) throws Exception {
        CountDownLatch sawEnd = new CountDownLatch(1);
        CountDownLatch hasReset = new CountDownLatch(1);
        try (TunnelFixture tunnels = TunnelFixture.start(transport, connection -> {
                    connection.getInputStream().readAllBytes();
                    sawEnd.countDown();
                    hasReset.await();
                    connection.getOutputStream().write(1);
                });
                RawClient client = tunnels.open()) {
            client.halfClose();
            assertThat(sawEnd.await(10, TimeUnit.SECONDS)).isTrue();
            client.reset();
            hasReset.countDown();

            tunnels.awaitCloses(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void bothCloseAtOnce_oneCloseLineEach(Transport transport) throws Exception {
        int rounds = 50;
        CyclicBarrier together = new CyclicBarrier(2);
        try (TunnelFixture tunnels =
                TunnelFixture.start(transport, connection -> together.await(10, TimeUnit.SECONDS))) {
            for (int i = 0; i < rounds; i++) {
                try (RawClient client = tunnels.open()) {
                    together.await(10, TimeUnit.SECONDS);
                    if (i % 2 == 0) {
                        client.halfClose();
                        assertThat(client.readAll()).isEmpty();
                    }
                }
            }

            tunnels.awaitCloses(rounds);
            assertThat(tunnels.origin().failures()).isEmpty();
        }
    }

    private static void reset(Socket connection) throws IOException {
        connection.setSoLinger(true, 0);
        connection.close();
    }

    private static boolean isSent(RawClient client) {
        try {
            client.send("y");
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static String howItEnds(Socket connection) {
        try {
            return "FIN after " + connection.getInputStream().readAllBytes().length + " bytes";
        } catch (IOException e) {
            return "reset: " + e.getMessage();
        }
    }
}
