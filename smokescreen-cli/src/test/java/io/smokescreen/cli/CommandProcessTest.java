package io.smokescreen.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.cli.ChildProcess.Ended;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as operators meet it: a process with arguments, streams, signals and an exit code. */
@Timeout(60)
class CommandProcessTest {

    private static final String DENY_EVERYTHING = """
            version: v1
            services: []
            default:
              name: default
              project: security
              action: enforce
            """;

    @Test
    void help_goes_to_standard_output() throws Exception {
        Ended ended = ChildProcess.start("--help").end();

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out())
                .startsWith("Usage: smokescreen [FLAG]...")
                .contains("--egress-acl-file=FILE", "Examples:");
        assertThat(ended.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-v"})
    void version_is_the_version_of_the_build(String flag) throws Exception {
        Ended ended = ChildProcess.start(flag).end();

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out()).matches("smokescreen version [0-9]+\\.[0-9]+\\.[0-9]+\\S*\\R");
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void a_wrong_flag_starts_nothing() throws Exception {
        Ended ended =
                ChildProcess.start("--timeout", "10", "--listen-port", "0").end();

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err().lines())
                .containsExactly(
                        "smokescreen: --timeout: '10' is not a duration: the unit is missing (expected numbers with units"
                                + " ms, s, m or h, such as '10s', '1m30s', '500ms' or '1.5h')");
    }

    @Test
    void an_acl_file_that_is_not_one_starts_nothing(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("acl.yaml"), "version: v1\nservices: 7\n");

        Ended ended = ChildProcess.start("--egress-acl-file", file.toString(), "--listen-port", "0")
                .end();

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).startsWith("smokescreen: --egress-acl-file: ").contains("acl.yaml");
    }

    @Test
    void a_port_in_use_is_an_error() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            Ended ended = ChildProcess.start("--listen-ip", "127.0.0.1", "--listen-port", port)
                    .end();

            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("smokescreen: ")
                    .contains("127.0.0.1", port);
        }
    }

    @Test
    void the_first_line_tells_where_it_listens_and_what_holds(@TempDir Path folder) throws Exception {
        Path acl = Files.writeString(folder.resolve("acl.yaml"), DENY_EVERYTHING);
        try (ChildProcess proxy =
                ChildProcess.start("--listen-ip=127.0.0.1", "--listen-port=0", "--egress-acl-file", acl.toString())) {
            assertThat(proxy.line("smokescreen listening"))
                    .startsWith("{\"level\":\"info\",\"msg\":\"smokescreen listening\",\"time\":\"")
                    .contains("\"acl_file\":\"" + acl + "\"", "\"address_policy\":\"strict\"", "\"deny_rules\":0")
                    .contains("\"resolver\":\"system\"", "\"pid\":" + proxy.pid());
            assertThat(proxy.port()).isPositive();
        }
    }

    @Test
    void a_request_is_denied_with_the_extra_message_and_logged(@TempDir Path folder) throws Exception {
        Path acl = Files.writeString(folder.resolve("acl.yaml"), DENY_EVERYTHING);
        try (ChildProcess proxy = ChildProcess.start(
                "--listen-ip=127.0.0.1",
                "--listen-port=0",
                "--allow-missing-role",
                "--egress-acl-file=" + acl,
                "--additional-error-message-on-deny=ask the egress team")) {
            String response =
                    answer(proxy.port(), "CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n");

            assertThat(response)
                    .startsWith("HTTP/1.1 407 Request rejected by proxy\r\n")
                    .contains("Egress proxying is denied to host 'api.example.com:443'", "ask the egress team");
            assertThat(proxy.line("CANONICAL-PROXY-DECISION"))
                    .contains("\"level\":\"warning\"", "\"allow\":false", "\"requested_host\":\"api.example.com:443\"");
        }
    }

    @Test
    void a_private_address_is_denied_unless_a_rule_allows_it() throws Exception {
        try (ServerSocket origin = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String authority = "127.0.0.1:" + origin.getLocalPort();
            String connect = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";

            try (ChildProcess proxy = ChildProcess.start("--listen-ip=127.0.0.1", "--listen-port=0")) {
                assertThat(answer(proxy.port(), connect)).startsWith("HTTP/1.1 407 ");
            }
            try (ChildProcess proxy =
                    ChildProcess.start("--listen-ip=127.0.0.1", "--listen-port=0", "--allow-address=" + authority)) {
                assertThat(firstLine(proxy.port(), connect)).startsWith("HTTP/1.1 200 ");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "USR2"})
    void a_signal_stops_it_with_exit_code_zero(String signal) throws Exception {
        try (ChildProcess proxy = ChildProcess.start("--listen-ip=127.0.0.1", "--listen-port=0")) {
            proxy.line("smokescreen listening");

            proxy.signal(signal);

            Ended ended = proxy.end();
            assertThat(ended.exitCode()).isZero();
            assertThat(ended.out()).contains("\"signal\":\"SIG" + signal + "\"").endsWith("\"drained\":true}\n");
        }
    }

    @Test
    void a_second_signal_ends_it_at_once_although_a_tunnel_is_open() throws Exception {
        try (ServerSocket origin = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ChildProcess proxy =
                        ChildProcess.start("--listen-ip=127.0.0.1", "--listen-port=0", "--allow-range=127.0.0.0/8");
                Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            String authority = "127.0.0.1:" + origin.getLocalPort();
            client.getOutputStream()
                    .write(("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n").getBytes(UTF_8));
            assertThat(client.getInputStream().readNBytes(12)).asString(UTF_8).isEqualTo("HTTP/1.1 200");

            proxy.signal("TERM");
            proxy.line("smokescreen stopping");
            proxy.signal("TERM");

            assertThat(proxy.end().exitCode()).isEqualTo(1);
        }
    }

    @Test
    void a_reader_of_the_log_that_goes_away_never_stops_it() throws Exception {
        try (ChildProcess proxy = ChildProcess.start("--listen-ip=127.0.0.1", "--listen-port=0")) {
            int port = proxy.port();
            proxy.closeStandardOutput();

            for (int i = 0; i < 3; i++) {
                assertThat(firstLine(port, "GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n"))
                        .startsWith("HTTP/1.1 407 ");
            }
            proxy.signal("TERM");

            assertThat(proxy.end().exitCode()).isZero();
        }
    }

    /** Reads until the proxy closes. */
    private static String answer(int port, String request) throws IOException {
        try (Socket client = connect(port, request)) {
            return new String(client.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private static String firstLine(int port, String request) throws IOException {
        try (Socket client = connect(port, request)) {
            return new String(client.getInputStream().readNBytes("HTTP/1.1 200 ".length()), UTF_8);
        }
    }

    private static Socket connect(int port, String request) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setSoTimeout(20_000);
        client.getOutputStream().write(request.getBytes(UTF_8));
        return client;
    }
}
