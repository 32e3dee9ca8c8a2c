package io.smokescreen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HAProxy itself in front of a running proxy, as load balancers stand there. Skipped where it is not installed. */
class HaproxyTest {

    private static final Path HAPROXY = Path.of("/usr/sbin/haproxy");
    private static final String NAME = "a.allowed.test";
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(20);

    private static final ProxyProtocolOptions FROM_LOOPBACK =
            ProxyProtocolOptions.required().withTrustedRanges(List.of("127.0.0.0/8"));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @BeforeAll
    static void needsHaproxy() {
        assumeThat(HAPROXY)
                .as("HAProxy is installed (Debian: apt-get install haproxy)")
                .isExecutable();
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id"})
    void plain_clientIsTheOneInFrontOfHaproxy(String option) throws Exception {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.start(builder -> builder.proxyProtocol(FROM_LOOPBACK));
                Balancer balancer = new Balancer(proxy, option);
                RawClient client = RawClient.connect(balancer.address())) {
            assertTunnel(proxy, origin, client, localAddress(client));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "send-proxy, TLSv1.2",
        "send-proxy, TLSv1.3",
        "send-proxy-v2, TLSv1.2",
        "send-proxy-v2, TLSv1.3",
        "send-proxy-v2-ssl-cn, TLSv1.3"
    })
    void tlsPassedThrough_clientAndCertificateAreTheOnesInFront(String option, String version) throws Exception {
        TestCertificates authority = TestCertificates.create();
        TlsOptions tls = authority.proxyTls();
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.start(
                        builder -> builder.proxyProtocol(FROM_LOOPBACK).tls(tls).allowMissingRole(false));
                Balancer balancer = new Balancer(proxy, option);
                RawClient tcp = RawClient.connect(balancer.address())) {
            String address = localAddress(tcp);
            RawClient client = tcp.startTls(authority.clientTls(authority.issue("CN=known,OU=payments")), version);

            assertTunnel(proxy, origin, client, address);
            assertThat(proxy.decisions().get(0))
                    .containsEntry("role", "known")
                    .containsEntry("inbound_remote_x509_ou", "payments");
        }
    }

    /** HAProxy announces its own checks as LOCAL, or as UNKNOWN in version 1, and leaves without a request. */
    @Test
    void healthChecks_areNoErrors() throws Exception {
        for (String option : List.of("send-proxy", "send-proxy-v2")) {
            try (TestProxy proxy = TestProxy.start(builder -> builder.proxyProtocol(FROM_LOOPBACK));
                    Balancer balancer = new Balancer(proxy, option + " check inter 50ms");
                    RawClient client = RawClient.connect(balancer.address())) {
                await().atMost(STARTS_WITHIN).until(() -> balancer.statistics().contains(",L4OK,"));
                client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");

                assertThat(client.readHead()).startsWith("HTTP/1.1 407 ");
                assertThat(proxy.total(Metric.PROXY_PROTOCOL_ERROR)).isZero();
            }
        }
    }

    @Test
    void balancerThatSendsNoHeader_isRefused() throws Exception {
        try (TestProxy proxy = TestProxy.start(builder -> builder.proxyProtocol(FROM_LOOPBACK));
                Balancer balancer = new Balancer(proxy, "");
                RawClient client = RawClient.connect(balancer.address())) {
            client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");

            await().atMost(STARTS_WITHIN)
                    .untilAsserted(() ->
                            assertThat(proxy.total(Metric.PROXY_PROTOCOL_ERROR)).isEqualTo(1));
            assertThat(proxy.decisions()).isEmpty();
        }
    }

    private static void assertTunnel(TestProxy proxy, TestOrigin origin, RawClient client, String address) {
        proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
        client.send("CONNECT " + NAME + ":" + origin.port() + " HTTP/1.1\r\nHost: x\r\n\r\nearly");
        assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
        assertThat(client.read(5)).asString().isEqualTo("early");
        await().until(() -> !proxy.decisions().isEmpty());
        Map<String, Object> decision = proxy.decisions().get(0);
        assertThat(decision).containsEntry("inbound_remote_addr", address);
    }

    private static String localAddress(RawClient client) {
        return "127.0.0.1:" + client.socket().getLocalPort();
    }

    /** HAProxy in front of a proxy, passing TCP through. */
    private final class Balancer implements AutoCloseable {

        private final InetSocketAddress address;
        private final Path statistics;
        private final Process process;

        Balancer(TestProxy proxy, String serverOption) throws IOException {
            this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
            this.statistics = directory.resolve(address.getPort() + ".sock");
            Path config = directory.resolve("haproxy-" + address.getPort() + ".cfg");
            Files.writeString(config, """
                    global
                        stats socket %s
                    defaults
                        mode tcp
                        timeout connect 10s
                        timeout client 60s
                        timeout server 60s
                        unique-id-format %%{+X}o\\ %%ci%%cp
                    listen egress
                        bind 127.0.0.1:%d
                        server smokescreen 127.0.0.1:%d %s
                    """.formatted(
                            statistics, address.getPort(), proxy.address().getPort(), serverOption));
            this.process = new ProcessBuilder(HAPROXY.toString(), "-db", "-f", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("haproxy.log").toFile())
                    .start();
            await().atMost(STARTS_WITHIN).until(this::isListening);
        }

        InetSocketAddress address() {
            return address;
        }

        @Override
        public void close() {
            process.destroy();
            assertThat(process.onExit()).succeedsWithin(STARTS_WITHIN);
        }

        private boolean isListening() {
            assertThat(process.isAlive()).as("HAProxy runs: %s", log()).isTrue();
            try (Socket probe = new Socket()) {
                probe.connect(address);
                return true;
            } catch (IOException e) { // not yet
                return false;
            }
        }

        /** What HAProxy says of its servers. */
        String statistics() throws IOException {
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(statistics))) {
                channel.write(ByteBuffer.wrap("show stat\n".getBytes(US_ASCII)));
                return new String(Channels.newInputStream(channel).readAllBytes(), US_ASCII);
            }
        }

        private String log() {
            try {
                return Files.readString(directory.resolve("haproxy.log"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static int freePort() throws IOException {
            try (ServerSocket socket = new ServerSocket(0)) {
                return socket.getLocalPort();
            }
        }
    }
}
