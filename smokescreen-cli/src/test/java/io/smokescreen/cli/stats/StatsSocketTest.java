package io.smokescreen.cli.stats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.smokescreen.ConnectionSnapshot;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.SmokescreenException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The socket that tells the open connections, asked as tools ask it. */
@Timeout(60)
class StatsSocketTest {

    private static final long PID = 4321;
    private static final int MODE = 0700;

    private static final ConnectionSnapshot TUNNEL = new ConnectionSnapshot(
            "id",
            "trace",
            "web",
            "api.example.com:443",
            "192.0.2.1:443",
            Instant.parse("2026-11-25T14:00:00.5Z"),
            5_000_000_000L,
            17,
            Duration.ofMillis(1_500),
            "connect");

    @TempDir
    Path folder;

    @Test
    void get_answersGosFieldsInTheirTypes() throws IOException {
        try (StatsSocket stats = start(MODE, List.of(TUNNEL))) {
            assertThat(ask(stats, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("content-type: application/json\r\n")
                    .endsWith(
                            "\r\n\r\n[\n{\"role\":\"web\",\"rhost\":\"api.example.com:443\",\"raddr\":\"192.0.2.1:443\","
                                    + "\"created\":\"2026-11-25T14:00:00.500Z\",\"bytesIn\":5000000000,\"bytesOut\":17,"
                                    + "\"secondsSinceLastActivity\":1.500000000,\"proxyType\":\"connect\"}\n]\n");
        }
    }

    @Test
    void get_withoutConnections_answersAnEmptyArray() throws IOException {
        try (StatsSocket stats = start(MODE, List.of())) {
            assertThat(ask(stats, "GET /any/path?x HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .endsWith("\r\n\r\n[\n]\n");
        }
    }

    @Test
    void curl_getsEveryConnectionAsJson_whateverTheRoleHolds() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "there is no /usr/bin/curl");
        String hostile = "\"}],\n\u2028\ud800\u0000";
        ConnectionSnapshot odd = new ConnectionSnapshot(
                "", "", hostile, "x:1", "[2001:db8::1]:1", Instant.EPOCH, 0, 0, Duration.ofNanos(1), "http");
        List<ConnectionSnapshot> many = Stream.concat(IntStream.range(0, 5_000).mapToObj(i -> TUNNEL), Stream.of(odd))
                .toList();
        try (StatsSocket stats = start(MODE, many)) {
            Process curl = new ProcessBuilder(
                            "/usr/bin/curl",
                            "-sSf",
                            "--unix-socket",
                            stats.path().toString(),
                            "http://localhost/")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String json = new String(curl.getInputStream().readAllBytes(), UTF_8);

            assertThat(curl.waitFor()).isZero();
            LoadSettings limits =
                    LoadSettings.builder().setCodePointLimit(10_000_000).build();
            assertThat(new Load(limits).loadFromString(json))
                    .asInstanceOf(InstanceOfAssertFactories.list(Object.class))
                    .hasSize(5_001)
                    .last()
                    .isEqualTo(Map.of(
                            "role", "\"}],\n\u2028\ufffd\u0000",
                            "rhost", "x:1",
                            "raddr", "[2001:db8::1]:1",
                            "created", "1970-01-01T00:00:00Z",
                            "bytesIn", 0,
                            "bytesOut", 0,
                            "secondsSinceLastActivity", 1e-9,
                            "proxyType", "http"));
        }
    }

    @Test
    void post_isRefused() throws IOException {
        try (StatsSocket stats = start(MODE, List.of(TUNNEL))) {
            assertThat(ask(stats, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"))
                    .startsWith("HTTP/1.1 405 ")
                    .doesNotContain("rhost");
        }
    }

    @ParameterizedTest
    @CsvSource({"448, rwx------", "504, rwxrwx---", "438, rw-rw-rw-", "511, rwxrwxrwx", "0, ---------"})
    void start_givesTheSocketItsMode_andLeavesNothingElse(int mode, String permissions) throws IOException {
        try (StatsSocket stats = start(mode, List.of())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(stats.path())))
                    .isEqualTo(permissions);
            assertThat(folder).isDirectoryNotContaining(path -> !path.equals(stats.path()));
        }
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 01000, 04755})
    void start_withAnotherMode_isAnError(int mode) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> start(mode, List.of()))
                .withMessageContaining("is not a file mode (expected 0 to 777)");
    }

    @Test
    void start_replacesASocketThatWasLeft() throws IOException {
        Path stale = folder.resolve("track-4321.sock");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(stale))
                .close(); // the JDK leaves the file
        assertThat(stale).exists();

        try (StatsSocket stats = start(MODE, List.of(TUNNEL))) {
            assertThat(stats.path()).isEqualTo(stale);
            assertThat(ask(stats, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).contains("rhost");
        }
    }

    @Test
    void start_withAFileInItsPlace_isAnErrorAndKeepsTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("track-4321.sock"), "precious");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> start(MODE, List.of()))
                .withMessage("'" + file + "' is in the way (expected nothing there, or a socket)");
        assertThat(file).hasContent("precious");
    }

    @Test
    void start_withoutTheDirectory_isAnError() {
        Path none = folder.resolve("none");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> StatsSocket.start(none, MODE, PID, List::of))
                .withMessage("'" + none + "' is not a directory (expected one that exists)");
    }

    @Test
    void start_whereThePathIsTooLong_isAnErrorAndLeavesNothing() throws IOException {
        Path deep = Files.createDirectory(folder.resolve("d".repeat(100)));

        assertThatExceptionOfType(SmokescreenException.class)
                .isThrownBy(() -> StatsSocket.start(deep, MODE, PID, List::of))
                .withMessageStartingWith("cannot listen on '" + deep.resolve("track-4321.sock") + "': ")
                .withMessageContaining("too long");
        assertThat(deep).isEmptyDirectory();
    }

    @Test
    void close_leavesTheSocketOfASuccessor() throws IOException {
        StatsSocket first = start(MODE, List.of());
        try (StatsSocket second = start(MODE, List.of(TUNNEL))) {
            first.close();
            first.close();

            assertThat(ask(second, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).contains("rhost");
        }
        assertThat(folder).isEmptyDirectory();
    }

    private StatsSocket start(int mode, List<ConnectionSnapshot> connections) {
        return StatsSocket.start(folder, mode, PID, () -> connections);
    }

    private static String ask(StatsSocket stats, String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(stats.path()))) {
            channel.write(UTF_8.encode(request));
            return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
        }
    }
}
