package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import io.smokescreen.api.SocketDialer;
import io.smokescreen.testing.CapturedLog;
import io.smokescreen.testing.FullBacklog;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections that the application opens: its way to what was vetted, and to nothing else. */
class SocketDialerTest {

    private static final String NAME = "a.allowed.test";
    private static final String SECOND_ADDRESS = "127.0.0.77";
    private static final Duration SHORT = Duration.ofMillis(300);

    @RegisterExtension
    private final CapturedLog failures = new CapturedLog("io.smokescreen.internal.upstream.GuardedSocketDialer");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<SocketChannel> opened = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    @Test
    void dialer_choosesTheLocalAddress_andTheTunnelCarriesBytesBothWays() throws IOException {
        List<InetAddress> seen = new CopyOnWriteArrayList<>();
        try (TestOrigin origin = TestOrigin.start(connection -> {
                    seen.add(connection.getInetAddress());
                    TestOrigin.echo(connection);
                });
                TestProxy proxy = start(builder -> builder.socketDialer(fromSecondAddress()));
                RawClient client = connect(proxy, origin)) {
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
            byte[] much = new byte[1 << 20];
            threads.execute(() -> client.send(much).halfClose());

            assertThat(client.readAll()).hasSize(much.length);
            assertThat(seen).containsExactly(InetAddress.getByName(SECOND_ADDRESS));
            assertThat((String) proxy.decisions().get(0).get("outbound_local_addr"))
                    .startsWith(SECOND_ADDRESS + ":");
            await().until(() -> !proxy.closes().isEmpty());
            assertThat(opened).allMatch(channel -> !channel.isOpen());
        }
    }

    @Test
    void dialer_servesPlainHttp_andItsConnectionsAreKept() throws IOException {
        String response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        try (TestOrigin origin = TestOrigin.start(connection -> {
                    TestOrigin.answering(response).serve(connection);
                    TestOrigin.answering(response).serve(connection);
                });
                TestProxy proxy = start(builder -> builder.socketDialer(fromSecondAddress()));
                RawClient client = proxy.connect()) {
            for (int i = 0; i < 2; i++) {
                client.send("GET http://" + NAME + ":" + origin.port() + "/ HTTP/1.1\r\nHost: x\r\n\r\n");

                assertThat(HttpReply.read(client).body()).isEqualTo("ok");
            }
            assertThat(opened).hasSize(1);
        }
    }

    @Test
    void dialerThatConnectsElsewhere_isRefused_andNothingIsSentThere() throws Exception {
        CompletableFuture<Integer> received = new CompletableFuture<>();
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestOrigin canary = TestOrigin.startOn(
                        "127.0.0.3",
                        connection ->
                                received.complete(connection.getInputStream().read()))) {
            InetSocketAddress elsewhere = new InetSocketAddress("127.0.0.3", canary.port());
            try (TestProxy proxy = start(builder ->
                            builder.socketDialer(address -> CompletableFuture.completedFuture(open(elsewhere))));
                    RawClient client = connect(proxy, origin)) {
                failed(HttpReply.read(client), 502, "connect-failed");

                assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
                assertThat(origin.accepted()).isZero();
                assertThat(failures.events()).hasSize(1);
                assertThat(opened).hasSize(1).allMatch(channel -> !channel.isOpen());
            }
        }
    }

    static Stream<Named<SocketDialer>> bad() {
        return Stream.of(
                Named.of("throws", address -> {
                    throw new IllegalStateException("dialer");
                }),
                Named.of("throws an error", address -> {
                    throw new StackOverflowError("dialer");
                }),
                Named.of("null", SocketDialerTest::nothing),
                Named.of("completed with null", address -> nullChannel()),
                Named.of("failed", address -> CompletableFuture.failedFuture(new IllegalStateException("dialer"))),
                Named.of("not connected", address -> CompletableFuture.completedFuture(SocketChannel.open())),
                Named.of("closed", address -> {
                    SocketChannel channel = SocketChannel.open(address);
                    channel.close();
                    return CompletableFuture.completedFuture(channel);
                }));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void dialerThatBreaksItsContract_isAFailureToConnect_loggedOnce(SocketDialer bad) throws IOException {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = start(builder -> builder.socketDialer(bad))) {
            for (int i = 0; i < 2; i++) {
                try (RawClient client = connect(proxy, origin)) {
                    failed(HttpReply.read(client), 502, "connect-failed");
                }
            }
            assertThat(failures.events()).hasSizeLessThanOrEqualTo(1);
            assertThat(proxy.measurements())
                    .contains(new TestProxy.Measurement(Metric.CONNECTION_ERRORS, 1, List.of("unknown")));
        }
    }

    @Test
    void dialerThatCannotReachTheHost_failsAsTheProxyItself() throws IOException {
        SocketDialer refused = address -> CompletableFuture.failedFuture(new ConnectException("Connection refused"));
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = start(builder -> builder.socketDialer(refused));
                RawClient client = connect(proxy, origin)) {
            HttpReply reply = HttpReply.read(client);

            failed(reply, 502, "connect-failed");
            assertThat(reply.body()).endsWith("connection refused");
            assertThat(failures.events()).isEmpty();
        }
    }

    @Test
    void channelThatIsConnectingStill_isNoConnection() throws IOException {
        SocketDialer hasty = address -> {
            SocketChannel channel = SocketChannel.open();
            opened.add(channel);
            channel.configureBlocking(false);
            assertThat(channel.connect(address)).isFalse();
            return CompletableFuture.completedFuture(channel);
        };
        try (FullBacklog deaf = new FullBacklog();
                TestProxy proxy = start(builder -> builder.socketDialer(hasty));
                RawClient client = proxy.connect()) {
            client.send("CONNECT " + NAME + ":" + deaf.port() + " HTTP/1.1\r\nHost: x\r\n\r\n");

            failed(HttpReply.read(client), 502, "connect-failed");
            assertThat(opened).allMatch(channel -> !channel.isOpen());
        }
    }

    @Test
    void unixSocket_isNoConnectionToAnAddress(@TempDir Path directory) throws IOException {
        UnixDomainSocketAddress path = UnixDomainSocketAddress.of(directory.resolve("socket"));
        try (ServerSocketChannel server =
                        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(path);
                TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = start(builder ->
                        builder.socketDialer(address -> CompletableFuture.completedFuture(SocketChannel.open(path))));
                RawClient client = connect(proxy, origin)) {
            assertThat(server.isOpen()).isTrue();
            failed(HttpReply.read(client), 502, "connect-failed");
        }
    }

    @Test
    void dialerThatNeverAnswers_isATimeout() throws IOException {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = start(builder -> builder.socketDialer(address -> new CompletableFuture<>())
                        .timeouts(TimeoutOptions.defaults().withConnect(SHORT)));
                RawClient client = connect(proxy, origin)) {
            failed(HttpReply.read(client), 504, "connect-timeout");
        }
    }

    @Test
    void dialerThatAnswersLate_hasItsChannelClosed() throws Exception {
        CompletableFuture<SocketChannel> answer = new CompletableFuture<>();
        CompletableFuture<Integer> received = new CompletableFuture<>();
        try (TestOrigin origin = TestOrigin.start(connection ->
                        received.complete(connection.getInputStream().read()));
                TestProxy proxy = start(builder -> builder.socketDialer(address -> answer)
                        .timeouts(TimeoutOptions.defaults().withConnect(SHORT)));
                RawClient client = connect(proxy, origin)) {
            failed(HttpReply.read(client), 504, "connect-timeout");

            SocketChannel late = open(new InetSocketAddress(TestProxy.OPEN_ADDRESS, origin.port()));
            answer.complete(late);

            await().until(() -> !late.isOpen());
            assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
        }
    }

    @Test
    void clientThatLeaves_hasTheChannelOfItsRequestClosed() throws Exception {
        CompletableFuture<SocketChannel> answer = new CompletableFuture<>();
        CompletableFuture<InetSocketAddress> asked = new CompletableFuture<>();
        SocketDialer slow = address -> {
            asked.complete(address);
            return answer;
        };
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = start(builder -> builder.socketDialer(slow));
                RawClient client = connect(proxy, origin)) {
            InetSocketAddress address = asked.get(10, TimeUnit.SECONDS);
            client.reset();
            await().until(() -> !proxy.decisions().isEmpty());

            SocketChannel late = open(address);
            answer.complete(late);

            await().until(() -> !late.isOpen());
        }
    }

    @Test
    void proxyThatIsClosed_leavesNoChannelOfADialerOpen() throws Exception {
        CompletableFuture<SocketChannel> answer = new CompletableFuture<>();
        CompletableFuture<InetSocketAddress> asked = new CompletableFuture<>();
        SocketDialer slow = address -> {
            asked.complete(address);
            return answer;
        };
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo)) {
            InetSocketAddress address;
            try (TestProxy proxy = start(builder -> builder.socketDialer(slow));
                    RawClient client = connect(proxy, origin)) {
                address = asked.get(10, TimeUnit.SECONDS);
                assertThat(client.socket().isConnected()).isTrue();
            }
            SocketChannel late = open(address);
            answer.complete(late);

            assertThat(late.isOpen()).isFalse();
        }
    }

    @Test
    void epoll_cannotDriveTheChannelsOfADialer() {
        SmokescreenBuilder builder =
                Smokescreen.builder().transport(Transport.EPOLL).socketDialer(fromSecondAddress());

        assertThatIllegalStateException()
                .isThrownBy(builder::build)
                .withMessageStartingWith("socketDialer cannot be combined with the transport EPOLL");
    }

    @Test
    void inheritedDescriptor_needsEpoll_whichADialerExcludes() {
        SmokescreenBuilder builder = Smokescreen.builder().listenOnDescriptor(3).socketDialer(fromSecondAddress());

        assertThatIllegalStateException()
                .isThrownBy(builder::build)
                .withMessageStartingWith("socketDialer cannot be combined with listenOnDescriptor");
    }

    private static TestProxy start(Consumer<SmokescreenBuilder> customize) {
        TestProxy proxy = TestProxy.start(customize);
        proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
        return proxy;
    }

    private static RawClient connect(TestProxy proxy, TestOrigin origin) {
        return proxy.connect().send("CONNECT " + NAME + ":" + origin.port() + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    private static void failed(HttpReply reply, int status, String code) {
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo(code);
    }

    private SocketDialer fromSecondAddress() {
        return address -> {
            CompletableFuture<SocketChannel> connected = new CompletableFuture<>();
            threads.execute(() -> {
                try {
                    SocketChannel channel = SocketChannel.open().bind(new InetSocketAddress(SECOND_ADDRESS, 0));
                    opened.add(channel);
                    channel.connect(address);
                    connected.complete(channel);
                } catch (IOException e) {
                    connected.completeExceptionally(e);
                }
            });
            return connected;
        };
    }

    private SocketChannel open(InetSocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        opened.add(channel);
        return channel;
    }

    @SuppressWarnings("NullAway") // what user code may do against the contract
    private static CompletionStage<SocketChannel> nothing(InetSocketAddress address) {
        return null;
    }

    @SuppressWarnings("NullAway")
    private static CompletionStage<SocketChannel> nullChannel() {
        return CompletableFuture.completedFuture(null);
    }
}
