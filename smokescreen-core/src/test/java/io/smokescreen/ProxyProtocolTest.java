package io.smokescreen;

import static io.smokescreen.testing.ProxyHeaders.IPV4;
import static io.smokescreen.testing.ProxyHeaders.IPV6;
import static io.smokescreen.testing.ProxyHeaders.LOCAL;
import static io.smokescreen.testing.ProxyHeaders.PROXY;
import static io.smokescreen.testing.ProxyHeaders.TCP4;
import static io.smokescreen.testing.ProxyHeaders.TCP6;
import static io.smokescreen.testing.ProxyHeaders.bytes;
import static io.smokescreen.testing.ProxyHeaders.join;
import static io.smokescreen.testing.ProxyHeaders.tlv;
import static io.smokescreen.testing.ProxyHeaders.v2;
import static io.smokescreen.testing.ProxyHeaders.v2WithLength;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.Metric;
import io.smokescreen.testing.CapturedLog;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PROXY protocol headers in front of a running proxy, byte by byte. */
class ProxyProtocolTest {

    private static final String REFUSED_REQUEST = "GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String V1 = "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n";
    private static final String CLIENT_V4 = "192.0.2.7:4711";
    private static final String CLIENT_V6 = "[2001:db8::7]:4711";
    private static final String PEER = "the TCP peer";
    private static final String GONE = ".*([Rr]eset|[Pp]ipe|closed|aborted).*";
    private static final Duration LIMIT = Duration.ofMillis(700);

    private static final ProxyProtocolOptions REQUIRED = ProxyProtocolOptions.required();
    private static final ProxyProtocolOptions OPTIONAL = ProxyProtocolOptions.optional();
    private static final List<String> LOOPBACK = List.of("127.0.0.0/8", "::1/128");
    private static final List<String> ELSEWHERE = List.of("192.0.2.0/24");

    @RegisterExtension
    final CapturedLog handshakes = new CapturedLog("io.smokescreen.internal.listener.HandshakeCheck");

    @RegisterExtension
    final CapturedLog headers = new CapturedLog("io.smokescreen.internal.listener.ProxyHeaderHandler");

    private final Queue<ClientRequest> asked = new ConcurrentLinkedQueue<>();

    @ParameterizedTest
    @MethodSource("headers")
    void header_saysWhoTheClientIs(String what, byte[] header, String logged) {
        try (TestProxy proxy = start(REQUIRED);
                RawClient client = proxy.connect()) {
            client.send(join(header, REFUSED_REQUEST.getBytes(ISO_8859_1))); // in one segment

            assertThat(HttpReply.read(client).status()).as(what).isEqualTo(407);
            assertThat(decision(proxy)).containsEntry("inbound_remote_addr", orPeer(logged, client));
            assertThat(proxy.total(Metric.PROXY_PROTOCOL_ERROR)).isZero();
        }
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                Arguments.of("v1 TCP4", V1.getBytes(ISO_8859_1), CLIENT_V4),
                Arguments.of("v1 TCP6", text("PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n"), CLIENT_V6),
                Arguments.of("v1 mapped", text("PROXY TCP6 ::ffff:192.0.2.7 2001:db8::1 4711 443\r\n"), CLIENT_V4),
                Arguments.of("v1 UNKNOWN", text("PROXY UNKNOWN\r\n"), PEER),
                Arguments.of("v1 UNKNOWN+", text("PROXY UNKNOWN 192.0.2.7 198.51.100.1 4711 443\r\n"), PEER),
                Arguments.of("v2 TCP4", v2(PROXY, TCP4, IPV4), CLIENT_V4),
                Arguments.of("v2 TCP6", v2(PROXY, TCP6, IPV6), CLIENT_V6),
                Arguments.of("v2 LOCAL", v2(LOCAL, 0), PEER),
                Arguments.of("v2 LOCAL+", v2(LOCAL, TCP4, IPV4), PEER),
                Arguments.of("v2 UNSPEC", v2(PROXY, 0), PEER),
                Arguments.of("v2 UNSPEC+", v2(PROXY, 0, IPV4), PEER),
                Arguments.of("v2 TLVs", v2(PROXY, TCP6, IPV6, tlv(2, IPV4), tlv(0x20, new byte[5])), CLIENT_V6),
                Arguments.of("v2 1024", v2(PROXY, TCP4, IPV4, tlv(4, new byte[1_024 - 28 - 3])), CLIENT_V4));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void header_splitAtEachByte_isTheSame(String what, byte[] header, String logged) {
        try (TestProxy proxy = start(REQUIRED);
                RawClient client = proxy.connect()) {
            for (byte one : join(header, text("GET http://e"))) {
                client.send(new byte[] {one});
            }
            client.send("vil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(HttpReply.read(client).status()).as(what).isEqualTo(407);
            assertThat(decision(proxy)).containsEntry("inbound_remote_addr", orPeer(logged, client));
        }
    }

    @ParameterizedTest
    @MethodSource("badHeaders")
    void badHeader_closesUnanswered(String what, byte[] header) {
        for (ProxyProtocolOptions options : List.of(REQUIRED, OPTIONAL)) {
            try (TestProxy proxy = start(options);
                    RawClient client = proxy.connect()) {
                client.send(join(header, REFUSED_REQUEST.getBytes(ISO_8859_1)));

                assertThat(readUntilClosed(client)).as(what).isEmpty();
                assertRefused(proxy);
                String peer = "/127.0.0.1:" + client.socket().getLocalPort();
                await().untilAsserted(() -> assertThat(headers.events())
                        .last()
                        .satisfies(event -> assertThat(event.getFormattedMessage())
                                .contains(peer)
                                .doesNotContain("192.0.2", "2001:db8", "evil")));
            }
        }
    }

    static Stream<Arguments> badHeaders() {
        return Stream.of(
                Arguments.of("TCP4, IPv6 address", text("PROXY TCP4 2001:db8::7 2001:db8::1 4711 443\r\n")),
                Arguments.of("TCP6, IPv4 address", text("PROXY TCP6 192.0.2.7 198.51.100.1 4711 443\r\n")),
                Arguments.of("port 65536", text("PROXY TCP4 192.0.2.7 198.51.100.1 65536 443\r\n")),
                Arguments.of("LF only", text("PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\n")),
                Arguments.of("leading zero", text("PROXY TCP4 192.0.2.007 198.51.100.1 4711 443\r\n")),
                Arguments.of("zone", text("PROXY TCP6 fe80::7%lo 2001:db8::1 4711 443\r\n")),
                Arguments.of("108 bytes", text("PROXY UNKNOWN " + "x".repeat(92) + "\r\n")),
                Arguments.of("tab", text("PROXY TCP4\t192.0.2.7 198.51.100.1 4711 443\r\n")),
                Arguments.of("NUL", text("PROXY UNKNOWN \0\r\n")),
                Arguments.of("host name", text("PROXY TCP4 evil.test evil.test 4711 443\r\n")),
                Arguments.of("UDP", v2(PROXY, 0x12, IPV4)),
                Arguments.of("Unix", v2(PROXY, 0x31, new byte[216])),
                Arguments.of("version", v2(0x31, TCP4, IPV4)),
                Arguments.of("command", v2(0x2f, TCP4, IPV4)),
                Arguments.of("family", v2(PROXY, 0x51, IPV4)),
                Arguments.of("short", v2(PROXY, TCP6, IPV4)),
                Arguments.of("length 65535", v2WithLength(PROXY, TCP4, 65_535, IPV4)),
                Arguments.of("5000 TLVs", v2(PROXY, TCP4, IPV4, new byte[15_000])),
                Arguments.of("short SSL TLV", v2(PROXY, TCP4, IPV4, tlv(0x20, new byte[2]))),
                Arguments.of("TLV too long", v2(PROXY, TCP4, IPV4, bytes(4, 0xff, 0xff, 0))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {REFUSED_REQUEST, "proxy TCP4 192.0.2.7 198.51.100.1 4711 443\r\n", "\u0016\u0003\u0001", "\0"})
    void noHeader_whereOneIsRequired_closesUnanswered(String start) {
        try (TestProxy proxy = start(REQUIRED);
                RawClient client = proxy.connect()) {
            client.send(start);

            assertThat(readUntilClosed(client)).isEmpty();
            assertRefused(proxy);
        }
    }

    @Test
    void noHeader_whereOneIsOptional_isServedAsThePeer() {
        try (TestProxy proxy = start(OPTIONAL);
                RawClient client = proxy.connect()) {
            for (byte one : text(REFUSED_REQUEST)) {
                client.send(new byte[] {one});
            }

            assertThat(HttpReply.read(client).status()).isEqualTo(407);
            assertThat(decision(proxy)).containsEntry("inbound_remote_addr", orPeer(PEER, client));
        }
    }

    @Test
    void methodThatBeginsLikeAHeader_whereOneIsOptional_isServed() {
        try (TestProxy proxy = start(OPTIONAL);
                RawClient client = proxy.connect()) {
            client.send("P").send("ROP").send("FIND http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(HttpReply.read(client).status()).isEqualTo(407);
        }
    }

    @Test
    void headerTwice_isAMalformedRequest() {
        try (TestProxy proxy = start(REQUIRED);
                RawClient client = proxy.connect()) {
            client.send(V1 + "PROXY TCP4 203.0.113.9 198.51.100.1 4711 443\r\n" + REFUSED_REQUEST);

            assertThat(HttpReply.read(client).status()).isEqualTo(400);
            assertThat(client.readAll()).isEmpty();
            assertThat(decision(proxy)).containsEntry("inbound_remote_addr", CLIENT_V4);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "PROX",
                "PROXY TCP4 192.0.2.7",
                "\r\n\r\n\0\r\nQU",
                "\r\n\r\n\0\r\nQUIT\n!\u0011\0\u000c\u0001"
            })
    void headerThatNeverEnds_isClosedAfterTheLimit(String part) {
        for (ProxyProtocolOptions options : List.of(REQUIRED, OPTIONAL)) {
            try (TestProxy proxy = TestProxy.start(builder -> builder.proxyProtocol(options)
                            .timeouts(TimeoutOptions.defaults().withReadHeader(LIMIT)));
                    RawClient client = proxy.connect()) {
                long start = System.nanoTime();
                client.send(part);

                assertThat(client.readAll()).isEmpty();
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .isBetween(LIMIT.minusMillis(100), LIMIT.multipliedBy(5));
                assertThat(proxy.decisions()).isEmpty();
            }
        }
    }

    @Test
    void timeForTheHeader_countsForTheRequestToo() {
        try (TestProxy proxy = TestProxy.start(builder -> builder.proxyProtocol(REQUIRED)
                        .timeouts(TimeoutOptions.defaults().withReadHeader(LIMIT)));
                RawClient client = proxy.connect()) {
            long start = System.nanoTime();
            client.send(V1);
            client.send("GET http://evil");

            assertThat(client.readAll()).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT.multipliedBy(5));
        }
    }

    @Test
    void headerWithoutAnEnd_isCutSoon() {
        long total = 200L * 1024 * 1024;
        byte[] piece = "x".repeat(64 * 1024).getBytes(ISO_8859_1);
        try (TestProxy proxy = start(REQUIRED);
                RawClient client = proxy.connect()) {
            client.send("PROXY UNKNOWN ");
            long sent = 0;
            try {
                for (; sent < total; sent += piece.length) {
                    client.send(piece);
                }
            } catch (UncheckedIOException reset) {
                assertThat(reset).hasMessageMatching(GONE);
            }
            assertThat(sent).isLessThan(total / 4);
            assertRefused(proxy);
        }
    }

    @Test
    void peerThatLeavesBeforeTheHeader_isNoError() {
        try (TestProxy proxy = start(REQUIRED);
                RawClient client = proxy.connect()) {
            client.send("PROXY").halfClose();

            assertThat(client.readAll()).isEmpty();
            assertThat(proxy.total(Metric.PROXY_PROTOCOL_ERROR)).isZero();
        }
    }

    @Test
    void headerFromAPeerThatIsNotTrusted_closes() {
        for (ProxyProtocolOptions options : List.of(REQUIRED, OPTIONAL)) {
            try (TestProxy proxy = start(options.withTrustedRanges(ELSEWHERE));
                    RawClient client = proxy.connect()) {
                sendInVain(client, V1 + REFUSED_REQUEST);
                assertThat(readUntilClosed(client)).isEmpty();
                assertRefused(proxy);
            }
        }
    }

    @Test
    void noHeaderFromAPeerThatIsNotTrusted_closesOnlyWhereOneIsRequired() {
        try (TestProxy proxy = start(REQUIRED.withTrustedRanges(ELSEWHERE));
                RawClient client = proxy.connect()) {
            assertThat(client.readAll()).isEmpty(); // at once, before a byte
            assertRefused(proxy);
        }
        try (TestProxy proxy = start(OPTIONAL.withTrustedRanges(ELSEWHERE));
                RawClient client = proxy.connect()) {
            client.send(REFUSED_REQUEST);
            assertThat(HttpReply.read(client).status()).isEqualTo(407);
        }
    }

    @Test
    void decisions_goByTheAnnouncedAddress_onlyFromATrustedPeer() {
        InetSocketAddress announced = new InetSocketAddress(address(192, 0, 2, 7), 4711);
        try (TestProxy proxy = start(REQUIRED.withTrustedRanges(LOOPBACK));
                RawClient client = proxy.connect()) {
            assertThat(request(client, V1).clientAddress()).isEqualTo(announced);
        }
        try (TestProxy proxy = start(REQUIRED);
                RawClient client = proxy.connect()) {
            ClientRequest request = request(client, V1);
            InetSocketAddress peer =
                    new InetSocketAddress(address(127, 0, 0, 1), client.socket().getLocalPort());
            assertThat(request.clientAddress()).isEqualTo(peer);
            assertThat(request.peerAddress()).isEqualTo(peer);
            assertThat(request.announcedAddress()).contains(announced);
            assertThat(decision(proxy)).containsEntry("inbound_remote_addr", CLIENT_V4);
        }
        try (TestProxy proxy = start(REQUIRED.withTrustedRanges(LOOPBACK));
                RawClient client = proxy.connect()) {
            assertThat(request(client, "PROXY UNKNOWN\r\n").announcedAddress()).isEmpty();
        }
    }

    /** The proxy's own address stays its own, whatever a header says of the client or of where it connected to. */
    @Test
    void selfConnection_isDeniedWhateverTheHeaderSays() {
        try (TestProxy proxy = start(REQUIRED.withTrustedRanges(LOOPBACK));
                RawClient client = proxy.connect()) {
            proxy.dns().answer("a.allowed.test", "127.0.0.1");
            client.send(V1 + "CONNECT a.allowed.test:" + proxy.address().getPort() + " HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(HttpReply.read(client).body()).contains("Deny: Self Connection");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void header_comesBeforeTls(String version) throws Exception {
        TestCertificates authority = TestCertificates.create();
        TlsOptions tls = authority.proxyTls();
        SSLContext clientTls = authority.clientTls(authority.issue("CN=known"));
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.start(builder -> builder.tls(tls).proxyProtocol(REQUIRED));
                RawClient client = proxy.connect().send(V1).startTls(clientTls, version)) {
            proxy.dns().answer("a.allowed.test", TestProxy.OPEN_ADDRESS);
            client.send("CONNECT a.allowed.test:" + origin.port() + " HTTP/1.1\r\nHost: x\r\n\r\nearly");

            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(client.read(5)).asString().isEqualTo("early");
            assertThat(decision(proxy))
                    .containsEntry("inbound_remote_addr", CLIENT_V4)
                    .containsEntry("inbound_remote_x509_cn", "known");
        }
    }

    @Test
    void headerAndClientHello_inOneSegment_areBothRead() throws Exception {
        TestCertificates authority = TestCertificates.create();
        TlsOptions tls = authority.proxyTls();
        try (TestProxy proxy = TestProxy.start(builder -> builder.tls(tls).proxyProtocol(REQUIRED));
                RawClient client = proxy.connect()) {
            client.send(join(v2(PROXY, TCP6, IPV6, tlv(4, IPV4)), clientHello(authority.clientTls())));

            assertThat(client.read(3)).as("a ServerHello").containsExactly(22, 3, 3);
        }
    }

    @Test
    void headerTwice_beforeTls_endsTheHandshake() throws Exception {
        TestCertificates authority = TestCertificates.create();
        TlsOptions tls = authority.proxyTls();
        try (TestProxy proxy = TestProxy.start(builder -> builder.tls(tls).proxyProtocol(REQUIRED));
                RawClient client = proxy.connect().send(V1 + V1)) {
            assertThatThrownBy(() -> client.startTls(authority.clientTls(), "TLSv1.3"))
                    .isInstanceOf(UncheckedIOException.class);
            assertThat(proxy.decisions()).isEmpty();
            await().untilAsserted(() -> assertThat(handshakes.events())
                    .singleElement()
                    .satisfies(
                            event -> assertThat(event.getFormattedMessage()).contains("handshake of /" + CLIENT_V4)));
        }
    }

    @Test
    void options_refuseWhatIsNoRange() {
        assertThatThrownBy(() -> REQUIRED.withTrustedRanges(List.of("10.0.0.0/8", "10.0.0.1")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'10.0.0.1' is not a range");
        assertThatThrownBy(() -> REQUIRED.withTrustedRanges(List.of())).isInstanceOf(ConfigurationException.class);
    }

    private TestProxy start(ProxyProtocolOptions options) {
        return TestProxy.start(builder -> builder.proxyProtocol(options).roleExtractor(request -> {
            asked.add(request);
            return Optional.empty();
        }));
    }

    private ClientRequest request(RawClient client, String header) {
        client.send(header + REFUSED_REQUEST);
        assertThat(HttpReply.read(client).status()).isEqualTo(407);
        return asked.remove();
    }

    /** Sends to somebody who may have closed already. */
    private static void sendInVain(RawClient client, String text) {
        try {
            client.send(text);
        } catch (UncheckedIOException reset) {
            assertThat(reset).hasMessageMatching(GONE);
        }
    }

    /** What comes until the connection ends, be it with FIN or, because something was left unread, with RST. */
    private static byte[] readUntilClosed(RawClient client) {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try {
            InputStream in = client.socket().getInputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                received.write(next);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("not closed", e);
        } catch (IOException reset) {
            assertThat(reset).hasMessageMatching(GONE);
        }
        return received.toByteArray();
    }

    private static void assertRefused(TestProxy proxy) {
        await().untilAsserted(() ->
                assertThat(proxy.total(Metric.PROXY_PROTOCOL_ERROR)).isEqualTo(1));
        assertThat(proxy.decisions()).isEmpty();
        assertThat(proxy.total(Metric.REQUESTS_INTERNAL_ERROR)).isZero();
    }

    private static byte[] clientHello(SSLContext tls) throws SSLException {
        SSLEngine engine = tls.createSSLEngine();
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }

    private static String orPeer(String logged, RawClient client) {
        return logged.equals(PEER) ? "127.0.0.1:" + client.socket().getLocalPort() : logged;
    }

    private static Map<String, Object> decision(TestProxy proxy) {
        await().until(() -> !proxy.decisions().isEmpty());
        return proxy.decisions().get(0);
    }

    private static byte[] text(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static InetAddress address(int... octets) {
        try {
            return InetAddress.getByAddress(bytes(octets));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
