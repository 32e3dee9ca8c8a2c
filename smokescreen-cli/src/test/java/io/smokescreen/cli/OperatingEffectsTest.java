package io.smokescreen.cli;

import static io.smokescreen.cli.Asking.answer;
import static io.smokescreen.cli.Asking.connect;
import static io.smokescreen.cli.Asking.connection;
import static io.smokescreen.cli.Asking.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.cli.config.OperationSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What limits, metrics, logs and the rest of operations do to a running process. */
@Timeout(120)
class OperatingEffectsTest {

    private static final String SOMEWHERE = get("192.0.2.1:80");

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--max-concurrent-requests", "--max-concurrent-connect-tunnels"})
    void requests_and_tunnels_at_once_are_limited(By by) throws Exception {
        try (TestOrigin origin = TestOrigin.startOn("127.0.0.2", OperatingEffectsTest::untilTheEnd);
                ChildProcess proxy = by.with(PolicySettings.ALLOW_RANGES, "127.0.0.0/8")
                        .with(OperationSettings.MAX_CONCURRENT_REQUESTS, "1")
                        .with(OperationSettings.MAX_CONCURRENT_TUNNELS, "1")
                        .proxy();
                RawClient tunnel = connection(proxy);
                RawClient hanging = connection(proxy)) {
            String authority = "127.0.0.2:" + origin.port();
            assertThat(tunnel.send(connect(authority)).readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(answer(proxy, connect(authority)))
                    .startsWith("HTTP/1.1 429 ")
                    .contains("Code: tunnel-limit");

            hanging.send(get(authority));
            await().atMost(Duration.ofSeconds(20)).until(() -> origin.accepted() == 2);
            assertThat(answer(proxy, SOMEWHERE)).startsWith("HTTP/1.1 503 ").contains("Code: overloaded");
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--max-request-rate", "--max-request-burst"})
    void requests_a_second_are_limited(By by) throws Exception {
        try (ChildProcess proxy = by.with(OperationSettings.MAX_REQUEST_RATE, "0.01")
                .with(OperationSettings.MAX_REQUEST_BURST, "2")
                .proxy()) {
            assertThat(answer(proxy, SOMEWHERE)).startsWith("HTTP/1.1 407 ");
            assertThat(answer(proxy, SOMEWHERE)).startsWith("HTTP/1.1 407 ");
            assertThat(answer(proxy, SOMEWHERE)).startsWith("HTTP/1.1 429 ").containsIgnoringCase("Retry-After: 1");
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({
        "--expose-prometheus-metrics",
        "--prometheus-endpoint",
        "--prometheus-port",
        "--prometheus-listen-ip",
        "--statsd-address",
        "--metric-tag",
        "--time-connect"
    })
    void metrics_are_scraped_and_sent(By by) throws Exception {
        int port = freePort();
        try (DatagramSocket statsd = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                TestOrigin origin = TestOrigin.startOn("127.0.0.2", OperatingEffectsTest::untilTheEnd);
                ChildProcess proxy = by.with(PolicySettings.ALLOW_RANGES, "127.0.0.0/8")
                        .with(OperationSettings.EXPOSE_PROMETHEUS, "true")
                        .with(OperationSettings.PROMETHEUS_LISTEN_IP, "127.0.0.3")
                        .with(OperationSettings.PROMETHEUS_PORT, port)
                        .with(OperationSettings.PROMETHEUS_ENDPOINT, "/numbers")
                        .with(OperationSettings.STATSD_ADDRESS, "127.0.0.1:" + statsd.getLocalPort())
                        .with(OperationSettings.METRIC_TAGS, "acl.allow:region=eu")
                        .with(OperationSettings.TIME_CONNECT, "true")
                        .proxy();
                RawClient tunnel = connection(proxy)) {
            assertThat(tunnel.send(connect("127.0.0.2:" + origin.port())).readHead())
                    .startsWith("HTTP/1.1 200 ");

            try (RawClient scraper = RawClient.connect(new InetSocketAddress("127.0.0.3", port))) {
                assertThat(scraper.send("GET /numbers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                                .readAllText())
                        .startsWith("HTTP/1.1 200 ")
                        .containsPattern("smokescreen_acl_allow_total\\{[^}]*region=\"eu\"[^}]*} 1.0")
                        .contains("smokescreen_cn_atpt_connect_time_seconds_count 1")
                        .contains("smokescreen_log_dropped_total 0.0", "smokescreen_statsd_dropped_total ");
            }
            statsd.setSoTimeout(20_000);
            DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
            statsd.receive(packet);
            assertThat(new String(packet.getData(), 0, packet.getLength(), UTF_8))
                    .startsWith("smokescreen.");
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--log-level", "--log-format", "--watch-files"})
    void the_log_is_as_told_and_files_are_not_watched(By by) throws Exception {
        try (ChildProcess proxy = by.with(OperationSettings.LOG_FORMAT, "text")
                .with(OperationSettings.WATCH_FILES, "false")
                .proxy()) {
            assertThat(answer(proxy, SOMEWHERE)).startsWith("HTTP/1.1 407 ");
            assertThat(proxy.lineContaining("CANONICAL-PROXY-DECISION"))
                    .contains(" WARN  CANONICAL-PROXY-DECISION id=");
            assertThat(threads(proxy)).noneMatch(name -> name.startsWith("smokescreen-fil"));
        }
        ChildProcess.Ended quiet;
        try (ChildProcess proxy = by.with(OperationSettings.LOG_LEVEL, "error").started(freePort())) {
            assertThat(answer(proxy, SOMEWHERE)).startsWith("HTTP/1.1 407 ");
            assertThat(threads(proxy)).anyMatch(name -> name.startsWith("smokescreen-fil"));
            proxy.signal("TERM");
            quiet = proxy.end();
        }
        assertThat(quiet.out()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--stats-socket-dir", "--stats-socket-file-mode"})
    void open_tunnels_are_told_over_a_socket(By by) throws Exception {
        try (TestOrigin origin = TestOrigin.startOn("127.0.0.2", OperatingEffectsTest::untilTheEnd);
                ChildProcess proxy = by.with(PolicySettings.ALLOW_RANGES, "127.0.0.0/8")
                        .with(OperationSettings.STATS_SOCKET_DIR, folder)
                        .with(OperationSettings.STATS_SOCKET_FILE_MODE, "640")
                        .proxy();
                RawClient tunnel = connection(proxy)) {
            Path socket = folder.resolve("track-" + proxy.pid() + ".sock");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-r-----");
            String authority = "127.0.0.2:" + origin.port();
            assertThat(tunnel.send(connect(authority)).readHead()).startsWith("HTTP/1.1 200 ");

            assertThat(ask(socket)).contains("\"rhost\":\"" + authority + "\"", "\"proxyType\":\"connect\"");
            proxy.signal("TERM");
            proxy.signal("TERM");
            proxy.end();
        }
    }

    private static String ask(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(UTF_8)));
            return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
        }
    }

    private static java.util.List<String> threads(ChildProcess proxy) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(proxy.pid()), "task"))) {
            return threads.map(OperatingEffectsTest::name).toList();
        }
    }

    private static String name(Path thread) {
        try {
            return Files.readString(thread.resolve("comm"));
        } catch (IOException e) {
            return ""; // ended meanwhile
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Reads, and never answers. */
    private static void untilTheEnd(java.net.Socket connection) throws Exception {
        connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    }
}
