package io.smokescreen.internal.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.Transport;
import io.smokescreen.testing.RawClient;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One side has sent all it has to send; the other goes on. */
class HalfCloseTest {

    private static final int MEGABYTE = 1_000_000;
    private static final long ANSWER = 20L * MEGABYTE;

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void clientEnds_answerOf20MegabytesToASlowReader_arrives(Transport transport) throws Exception {
        AtomicLong written = new AtomicLong();
        try (TunnelFixture tunnels = TunnelFixture.start(transport, connection -> answer(connection, ANSWER, written));
                RawClient client = tunnels.open()) {
            client.send("question").halfClose();
            ChecksumReader reader = new ChecksumReader(client);
            for (int pauses = 0; pauses < 4; pauses++) {
                TunnelFixture.awaitStall(written); // so reading from the origin is paused, and resumed by what follows
                reader.read(2 * MEGABYTE);
            }

            assertThat(reader.readAll()).isEqualTo(TunnelFixture.checksumOf(ANSWER));
            assertThat(tunnels.awaitCloses(1).get(0))
                    .containsEntry("bytes_in", ANSWER)
                    .containsEntry("bytes_out", 8L)
                    .containsEntry("error", "");
        }
    }

    /** The origin's socket is gone, by both FINs, long before the client has taken what the proxy holds for it. */
    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void clientEnds_originHasAnsweredAndClosed_slowReaderGetsAll(Transport transport) throws Exception {
        for (int megabytes = 1; megabytes <= 16; megabytes *= 2) {
            long size = (long) megabytes * MEGABYTE;
            AtomicLong written = new AtomicLong();
            try (TunnelFixture tunnels =
                            TunnelFixture.start(transport, connection -> answer(connection, size, written));
                    RawClient client = RawClient.connect(tunnels.proxy().address())) {
                client.socket().setReceiveBufferSize(16 * 1024);
                client.send(tunnels.connect());
                client.readHead();
                client.send("question").halfClose();
                TunnelFixture.awaitStall(written);

                assertThat(TunnelFixture.checksum(client.socket().getInputStream()))
                        .isEqualTo(TunnelFixture.checksumOf(size));
                assertThat(tunnels.awaitCloses(1).get(0)).containsEntry("error", "");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void originEnds_clientGoesOnSending20Megabytes(Transport transport) throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (TunnelFixture tunnels = TunnelFixture.start(transport, connection -> {
                    connection.getOutputStream().write("bye".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    connection.shutdownOutput();
                    received.complete(TunnelFixture.checksum(connection.getInputStream()));
                });
                RawClient client = tunnels.open()) {
            assertThat(client.readAllText()).isEqualTo("bye");
            TunnelFixture.stream(client.socket().getOutputStream(), ANSWER, new AtomicLong());
            client.halfClose();

            assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(TunnelFixture.checksumOf(ANSWER));
            assertThat(tunnels.awaitCloses(1).get(0))
                    .containsEntry("bytes_in", 3L)
                    .containsEntry("bytes_out", ANSWER);
        }
    }

    /** An origin that answers without having read everything, and closes, answers what comes later with RST. */
    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void originAnswersAndCloses_whileTheClientGoesOnSending_theAnswerArrives(Transport transport) throws Exception {
        long size = 200_000; // no more than the proxy takes while the client reads nothing; RST drops what it has not
        CountDownLatch ended = new CountDownLatch(1);
        try (TunnelFixture tunnels = TunnelFixture.start(transport, connection -> {
                    TunnelFixture.stream(connection.getOutputStream(), size, new AtomicLong());
                    connection.shutdownOutput();
                    ended.countDown();
                    assertThat(connection.getInputStream().read()).isGreaterThanOrEqualTo(0);
                });
                RawClient client = tunnels.open()) {
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            await().until(() -> tunnels.proxy().smokescreen().openConnections().stream()
                    .anyMatch(connection -> connection.bytesIn() == size));
            client.send("a").send("b");
            await().until(() -> tunnels.proxy().closes().size() == 1 || !sendQuietly(client));

            assertThat(TunnelFixture.checksum(client.socket().getInputStream()))
                    .isEqualTo(TunnelFixture.checksumOf(size));
        }
    }

    /** A descriptor with an error that nobody takes notice of must not keep the event loop busy. */
    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void resetAfterHalfClose_doesNotSpin(Transport transport) throws Exception {
        CountDownLatch sawEnd = new CountDownLatch(1);
        AtomicBoolean goOn = new AtomicBoolean();
        try (TunnelFixture tunnels = TunnelFixture.start(transport, connection -> {
                    assertThat(connection.getInputStream().read()).isNegative();
                    sawEnd.countDown();
                    await().forever().untilTrue(goOn);
                    connection.getOutputStream().write(1);
                    assertThat(connection.getInputStream().read()).isNegative();
                });
                RawClient client = tunnels.open()) {
            client.halfClose();
            assertThat(sawEnd.await(10, TimeUnit.SECONDS)).isTrue();
            client.reset();

            Duration before = TunnelFixture.eventLoopCpu();
            Thread.sleep(1_000); // what is measured is what happens in this time
            assertThat(TunnelFixture.eventLoopCpu().minus(before)).isLessThan(Duration.ofMillis(150));

            goOn.set(true);
            tunnels.awaitCloses(1);
        }
    }

    private static void answer(Socket connection, long size, AtomicLong written) throws IOException {
        connection.getInputStream().readAllBytes();
        TunnelFixture.stream(connection.getOutputStream(), size, written);
    }

    private static boolean sendQuietly(RawClient client) {
        try {
            client.send("more");
            return true;
        } catch (java.io.UncheckedIOException e) {
            return false;
        }
    }

    /** Reads a stream in parts. */
    private static final class ChecksumReader {

        private final RawClient client;
        private final java.io.ByteArrayOutputStream read = new java.io.ByteArrayOutputStream();

        ChecksumReader(RawClient client) {
            this.client = client;
        }

        void read(int count) {
            read.writeBytes(client.read(count));
        }

        String readAll() throws IOException {
            read.writeBytes(client.readAll());
            return TunnelFixture.checksum(new java.io.ByteArrayInputStream(read.toByteArray()));
        }
    }
}
