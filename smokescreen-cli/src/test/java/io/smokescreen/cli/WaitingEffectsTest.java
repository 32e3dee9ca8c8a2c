package io.smokescreen.cli;

import static io.smokescreen.cli.Asking.answer;
import static io.smokescreen.cli.Asking.connect;
import static io.smokescreen.cli.Asking.connection;
import static io.smokescreen.cli.Asking.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.cli.config.ConnectSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.cli.config.Setting;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the time limits do to a running process. Each default is many times what a test waits for. */
@Timeout(120)
class WaitingEffectsTest {

    private static final String SHORT = "400ms";

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--read-header-timeout", "--keep-alive-timeout"})
    void silent_clients_are_closed(By by) throws Exception {
        try (ChildProcess proxy = open(by, ConnectSettings.READ_HEADER_TIMEOUT)
                        .with(ConnectSettings.KEEP_ALIVE_TIMEOUT, SHORT)
                        .proxy();
                RawClient silent = connection(proxy);
                RawClient kept = connection(proxy)) {
            assertThat(silent.send("GET http://").readAllText()).isEmpty();
            String once = "GET http://192.0.2.1/ HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n";
            assertThat(kept.send(once).readAllText())
                    .startsWith("HTTP/1.1 407 ")
                    .doesNotContainIgnoringCase("connection: close");
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows("--read-timeout")
    void a_request_that_takes_too_long_to_arrive_is_given_up(By by) throws Exception {
        try (TestOrigin origin = TestOrigin.startOn("127.0.0.2", WaitingEffectsTest::untilTheEnd);
                ChildProcess proxy = open(by, ConnectSettings.READ_TIMEOUT).proxy()) {
            String authority = "127.0.0.2:" + origin.port();
            String half = "POST http://" + authority + "/ HTTP/1.1\r\nHost: " + authority
                    + "\r\nContent-Length: 10\r\n\r\nhalf";
            assertThat(answer(proxy, half)).startsWith("HTTP/1.1 408 ");
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--response-timeout", "--write-timeout"})
    void a_response_that_does_not_come_is_given_up(By by) throws Exception {
        for (Setting<Duration> setting :
                java.util.List.of(ConnectSettings.RESPONSE_TIMEOUT, ConnectSettings.WRITE_TIMEOUT)) {
            try (TestOrigin origin = TestOrigin.startOn("127.0.0.2", WaitingEffectsTest::untilTheEnd);
                    ChildProcess proxy = open(by, setting).proxy()) {
                assertThat(answer(proxy, get("127.0.0.2:" + origin.port()))).startsWith("HTTP/1.1 504 ");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--idle-timeout", "--exit-timeout"})
    void tunnels_end_when_idle_or_when_the_proxy_has_waited_long_enough(By by) throws Exception {
        try (TestOrigin origin = TestOrigin.startOn("127.0.0.2", WaitingEffectsTest::untilTheEnd);
                ChildProcess proxy = open(by, ConnectSettings.IDLE_TIMEOUT).proxy();
                RawClient idle = tunnel(proxy, origin)) {
            assertThat(idle.socket().isConnected()).isTrue();
            assertThat(proxy.line("CANONICAL-PROXY-CN-CLOSE")).contains("\"error\":\"idle timeout\"");
        }
        try (TestOrigin origin = TestOrigin.startOn("127.0.0.2", WaitingEffectsTest::untilTheEnd);
                ChildProcess proxy = open(by, ConnectSettings.EXIT_TIMEOUT).proxy();
                RawClient open = tunnel(proxy, origin)) {
            assertThat(open.socket().isConnected()).isTrue();
            proxy.signal("TERM");

            ChildProcess.Ended ended = proxy.end();
            assertThat(ended.exitCode()).isZero();
            assertThat(ended.out()).contains("\"active_at_termination\":true", "\"drained\":false");
        }
    }

    private static By.Start open(By by, Setting<Duration> setting) {
        return by.with(PolicySettings.ALLOW_RANGES, "127.0.0.0/8").with(setting, SHORT);
    }

    private static RawClient tunnel(ChildProcess proxy, TestOrigin origin) {
        RawClient client = connection(proxy);
        assertThat(client.send(connect("127.0.0.2:" + origin.port())).readHead())
                .startsWith("HTTP/1.1 200 ");
        return client;
    }

    /** Reads, and never answers. */
    private static void untilTheEnd(Socket connection) throws Exception {
        connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    }
}
