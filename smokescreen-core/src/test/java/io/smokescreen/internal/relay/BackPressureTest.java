package io.smokescreen.internal.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.smokescreen.Transport;
import io.smokescreen.testing.RawClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nobody is read faster than the other side takes it. */
class BackPressureTest {

    /** More than all socket buffers on the way can hold: tcp_rmem and tcp_wmem end at 38 MB together, twice. */
    private static final long SIZE = 128L << 20;

    /** What the proxy may hold of it, with what its allocator keeps for later. */
    private static final long MOST_MEMORY = 24L << 20;

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void clientReadsNothing_originIsStopped_thenAllArrives(Transport transport) throws Exception {
        AtomicLong written = new AtomicLong();
        try (TunnelFixture tunnels = TunnelFixture.start(
                        transport, connection -> TunnelFixture.stream(connection.getOutputStream(), SIZE, written));
                RawClient client = tunnels.open()) {
            long before = directMemory();
            TunnelFixture.awaitStall(written);
            assertThat(written.get()).isLessThan(SIZE);
            assertThat(directMemory() - before).isLessThan(MOST_MEMORY);

            assertThat(TunnelFixture.checksum(client.socket().getInputStream()))
                    .isEqualTo(TunnelFixture.checksumOf(SIZE));
            client.halfClose();
            assertThat(tunnels.awaitCloses(1).get(0)).containsEntry("bytes_in", SIZE);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void originReadsNothing_clientIsStopped_thenAllArrives(Transport transport) throws Exception {
        CountDownLatch mayRead = new CountDownLatch(1);
        CompletableFuture<String> received = new CompletableFuture<>();
        AtomicLong written = new AtomicLong();
        ExecutorService sender = Executors.newSingleThreadExecutor();
        try (TunnelFixture tunnels = TunnelFixture.start(transport, connection -> {
                    mayRead.await();
                    received.complete(TunnelFixture.checksum(connection.getInputStream()));
                });
                RawClient client = tunnels.open()) {
            long before = directMemory();
            Future<?> sent = sender.submit(() -> {
                TunnelFixture.stream(client.socket().getOutputStream(), SIZE, written);
                client.halfClose();
                return null;
            });
            TunnelFixture.awaitStall(written);
            assertThat(written.get()).isLessThan(SIZE);
            assertThat(directMemory() - before).isLessThan(MOST_MEMORY);

            mayRead.countDown();
            assertThat(received.get(20, TimeUnit.SECONDS)).isEqualTo(TunnelFixture.checksumOf(SIZE));
            assertThatCode(() -> sent.get(10, TimeUnit.SECONDS)).doesNotThrowAnyException();
            assertThat(tunnels.awaitCloses(1).get(0)).containsEntry("bytes_out", SIZE);
        } finally {
            sender.shutdownNow();
        }
    }

    private static long directMemory() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }
}
