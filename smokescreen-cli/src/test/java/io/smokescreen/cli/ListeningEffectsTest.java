package io.smokescreen.cli;

import static io.smokescreen.cli.Asking.answer;
import static io.smokescreen.cli.Asking.connection;
import static io.smokescreen.cli.Asking.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smokescreen.cli.config.ListenSettings;
import io.smokescreen.testing.RawClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the settings of listening do to a running process. */
@Timeout(120)
class ListeningEffectsTest {

    private static final String DENIED = "HTTP/1.1 407 ";
    private static final String SOMEWHERE = get("192.0.2.1:80");

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--listen-ip", "--listen-port"})
    void it_listens_where_it_is_told(By by) throws Exception {
        int port = freePort();
        try (ChildProcess proxy = by.with(ListenSettings.IP, "127.0.0.2")
                .with(ListenSettings.PORT, port)
                .proxy()) {
            assertThat(proxy.port()).isEqualTo(port);
            try (RawClient client = RawClient.connect(new InetSocketAddress(loopback(2), port))) {
                assertThat(client.send(SOMEWHERE).readAllText()).startsWith(DENIED);
            }
            assertThatThrownBy(() -> new Socket(loopback(1), port).close()).isInstanceOf(ConnectException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows("--proxy-protocol")
    void the_proxy_protocol_tells_the_client_and_is_required(By by) throws Exception {
        try (ChildProcess proxy = by.with(ListenSettings.PROXY_PROTOCOL, "true").proxy()) {
            assertThat(answer(proxy, SOMEWHERE)).isEmpty();
            assertThat(answer(proxy, "PROXY TCP4 192.0.2.9 192.0.2.10 1111 2222\r\n" + SOMEWHERE))
                    .startsWith(DENIED);
            assertThat(proxy.line("CANONICAL-PROXY-DECISION")).contains("\"inbound_remote_addr\":\"192.0.2.9:1111\"");
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--proxy-protocol-mode", "--proxy-protocol-trusted-range"})
    void the_proxy_protocol_may_be_optional_and_is_taken_from_trusted_ranges_only(By by) throws Exception {
        try (ChildProcess proxy = by.with(ListenSettings.PROXY_PROTOCOL_MODE, "optional")
                .with(ListenSettings.PROXY_PROTOCOL_TRUSTED_RANGES, "10.0.0.0/8")
                .proxy()) {
            assertThat(answer(proxy, SOMEWHERE)).startsWith(DENIED);
            assertThat(answer(proxy, "PROXY TCP4 192.0.2.9 192.0.2.10 1111 2222\r\n" + SOMEWHERE))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--event-loop-threads", "--transport"})
    void threads_and_transport_are_those_asked_for(By by) throws Exception {
        try (ChildProcess proxy = by.with(ListenSettings.EVENT_LOOP_THREADS, "3")
                        .with(ListenSettings.TRANSPORT, "nio")
                        .proxy();
                ChildProcess other = by.with(ListenSettings.TRANSPORT, "epoll").proxy()) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                clients.add(connection(proxy));
            }
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(eventLoops(proxy)).hasSize(3));
            clients.forEach(RawClient::close);

            assertThat(descriptors(proxy)).noneMatch(target -> target.contains("timerfd"));
            assertThat(descriptors(other))
                    .anyMatch(target -> target.contains("timerfd")); // Netty's epoll has one a loop
        }
    }

    private static List<String> eventLoops(ChildProcess proxy) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(proxy.pid()), "task"))) {
            return threads.map(thread -> thread.resolve("comm"))
                    .map(ListeningEffectsTest::read)
                    .filter(name -> name.matches("smokescreen-[0-9]+-[0-9]+\n?"))
                    .toList();
        }
    }

    private static List<String> descriptors(ChildProcess proxy) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(proxy.pid()), "fd"))) {
            return descriptors.map(ListeningEffectsTest::target).toList();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // ended meanwhile
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, loopback(2))) {
            return socket.getLocalPort();
        }
    }

    private static InetAddress loopback(int last) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    }
}
