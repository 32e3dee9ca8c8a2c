package io.smokescreen.internal.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.Transport;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What one side sends before the tunnel is there. */
class EarlyBytesTest {

    private static final String ESTABLISHED = "HTTP/1.1 200 OK\r\n\r\n";

    private static final String FOLLOWING = "GET /healthcheck HTTP/1.1\r\nHost: a\r\n\r\n";

    static Stream<Arguments> sizes() {
        return Stream.of(Transport.NIO, Transport.EPOLL)
                .flatMap(transport -> Stream.of(1, 1_000, 64 * 1024, 64 * 1024 + 1, 200_000, 1 << 20)
                        .flatMap(size -> Stream.of(
                                Arguments.of(transport, size, size), Arguments.of(transport, size, 1 + size / 97))));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void bytesWithTheConnect_allArrive_inOrder(Transport transport, int size, int segment) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TunnelFixture tunnels = TunnelFixture.start(transport, EarlyBytesTest::answerWithChecksum);
                RawClient client = RawClient.connect(tunnels.proxy().address())) {
            bytes.writeBytes(tunnels.connect().getBytes(ISO_8859_1));
            TunnelFixture.stream(bytes, size, new AtomicLong());
            byte[] all = bytes.toByteArray();
            int first = all.length - size + Math.min(segment, size);
            client.socket().getOutputStream().write(all, 0, first);
            for (int at = first; at < all.length; at += segment) {
                client.socket().getOutputStream().write(all, at, Math.min(segment, all.length - at));
            }

            assertThat(client.readHead()).isEqualTo(ESTABLISHED);
            client.halfClose();
            assertThat(client.readAllText()).isEqualTo(TunnelFixture.checksumOf(size));
            assertThat(tunnels.awaitCloses(1).get(0)).containsEntry("bytes_out", (long) size);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void originSpeaksFirst_behindThe200(Transport transport) throws Exception {
        try (TunnelFixture tunnels = TunnelFixture.start(
                        transport,
                        connection -> connection.getOutputStream().write("220 ready\r\n".getBytes(ISO_8859_1)));
                RawClient client = RawClient.connect(tunnels.proxy().address())) {
            client.send(tunnels.connect());

            assertThat(client.readAllText()).isEqualTo(ESTABLISHED + "220 ready\r\n");
        }
    }

    /** A client that ends before the tunnel is there has left, or has sent all it wants to: either is fine. */
    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void connectAndEnd_opensHalfClosedOrCloses_leavesNothing(Transport transport) throws Exception {
        try (TunnelFixture tunnels = TunnelFixture.start(transport, EarlyBytesTest::answerWithChecksum)) {
            long before = tunnels.warmDescriptors();
            for (int i = 0; i < 20; i++) {
                try (RawClient client = RawClient.connect(tunnels.proxy().address())) {
                    client.send(tunnels.connect() + "early").halfClose();
                    String answer = client.readAllText();
                    assertThat(answer.isEmpty() || answer.startsWith(ESTABLISHED + "5 bytes"))
                            .as(answer)
                            .isTrue();
                }
            }
            await().untilAsserted(() -> assertThat(TunnelFixture.descriptors()).isLessThanOrEqualTo(before));
            await().untilAsserted(() ->
                    assertThat(tunnels.proxy().closes()).as("close lines").hasSize(opened(tunnels)));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void bytesWithARefusedConnect_areNotARequest(Transport transport) throws Exception {
        try (TunnelFixture tunnels = TunnelFixture.start(transport, TestOrigin::echo);
                RawClient client = RawClient.connect(tunnels.proxy().address())) {
            client.send("CONNECT denied.test:443 HTTP/1.1\r\nHost: denied.test\r\n\r\n" + FOLLOWING);

            assertThat(client.readAllText()).startsWith("HTTP/1.1 407 ").doesNotContain("HTTP/1.1 200");
            assertThat(tunnels.proxy().decisions()).hasSize(1);
        }
    }

    private static int opened(TunnelFixture tunnels) {
        return (int) tunnels.proxy().decisions().stream()
                .filter(line -> Boolean.TRUE.equals(line.get("allow")))
                .filter(line -> line.get("outbound_remote_addr") != null)
                .count();
    }

    private static void answerWithChecksum(Socket connection) throws java.io.IOException {
        String checksum = TunnelFixture.checksum(connection.getInputStream());
        connection.getOutputStream().write(checksum.getBytes(ISO_8859_1));
    }
}
