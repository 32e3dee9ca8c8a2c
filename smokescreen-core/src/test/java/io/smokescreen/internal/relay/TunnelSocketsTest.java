package io.smokescreen.internal.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.smokescreen.Transport;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sockets of tunnels, as the kernel sees them. */
class TunnelSocketsTest {

    private static final int KEEP_ALIVE_TIMER = 2;
    private static final long KEEP_ALIVE_HUNDREDTHS = 1_500;

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void fiftyTunnels_openedAndClosed_leaveNoDescriptor(Transport transport) throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/fd")), "there is no /proc here");
        try (TunnelFixture tunnels = TunnelFixture.start(transport, TestOrigin::echo)) {
            long before = tunnels.warmDescriptors();
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                clients.add(tunnels.open().send("x"));
            }
            assertThat(TunnelFixture.descriptors()).isGreaterThanOrEqualTo(before + 150);
            for (int i = 0; i < 50; i++) {
                if (i % 3 == 0) {
                    clients.get(i).reset();
                } else {
                    clients.get(i).close();
                }
            }

            await().untilAsserted(() -> assertThat(TunnelFixture.descriptors()).isLessThanOrEqualTo(before));
            tunnels.awaitCloses(50 + TunnelFixture.WARM_UP);
        }
    }

    /** The kernel lists the timer that each socket waits for; only those of the proxy have keep-alive here. */
    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void keepAlive_isOnForBothLegs(Transport transport) throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "there is no /proc here");
        try (TunnelFixture tunnels = TunnelFixture.start(transport, TestOrigin::echo);
                RawClient client = tunnels.open()) {
            client.send("x").read(1);

            int proxyPort = tunnels.proxy().address().getPort();
            // The timer of what was sent last may run first.
            await().untilAsserted(() -> assertThat(
                            keepAlive(proxyPort, client.socket().getLocalPort()))
                    .as("towards the client")
                    .isBetween(1L, KEEP_ALIVE_HUNDREDTHS));
            await().untilAsserted(() -> assertThat(keepAlive(0, tunnels.origin().port()))
                    .as("towards the origin")
                    .isBetween(1L, KEEP_ALIVE_HUNDREDTHS));
        }
    }

    /** {@return in how many hundredths of a second the probe of a connection is due; -1 if it has none; port 0 is any} */
    private static long keepAlive(int localPort, int remotePort) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(Path.of("/proc/net/tcp")));
        lines.addAll(Files.readAllLines(Path.of("/proc/net/tcp6")));
        return lines.stream()
                .map(line -> line.trim().split("\\s+", -1))
                .filter(fields -> fields[3].equals("01")) // established
                .filter(fields -> localPort == 0 || port(fields[1]) == localPort)
                .filter(fields -> port(fields[2]) == remotePort)
                .map(fields -> fields[5].split(":", -1))
                .filter(timer -> Integer.parseInt(timer[0], 16) == KEEP_ALIVE_TIMER)
                .mapToLong(timer -> Long.parseLong(timer[1], 16))
                .findAny()
                .orElse(-1);
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }
}
