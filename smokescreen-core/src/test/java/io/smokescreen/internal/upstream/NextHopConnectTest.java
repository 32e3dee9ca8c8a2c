package io.smokescreen.internal.upstream;

import static io.smokescreen.internal.upstream.ConnectorFixture.PLENTY;
import static io.smokescreen.internal.upstream.ConnectorFixture.via;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslProvider;
import io.smokescreen.api.Destination;
import io.smokescreen.api.NextHop;
import io.smokescreen.api.NextHopConnectHook;
import io.smokescreen.api.NextHopTlsHook;
import io.smokescreen.internal.upstream.ConnectorFixture.Attempt;
import io.smokescreen.internal.upstream.DialResult.Failed;
import io.smokescreen.internal.upstream.DialResult.FailureKind;
import io.smokescreen.internal.upstream.DialResult.Faulted;
import io.smokescreen.testing.TestOrigin;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a next hop is asked, and what is made of its answers. */
class NextHopConnectTest {

    private static final String HOST = "www.origin.test";
    private static final String OK = "HTTP/1.1 200 OK\r\n\r\n";
    private static final String SECRET = "Basic dTpzZWNyZXQ=";

    private final BlockingQueue<String> heads = new LinkedBlockingQueue<>();
    private ConnectorFixture fixture;
    private Connector connector;

    @BeforeEach
    void start() throws Exception {
        fixture = new ConnectorFixture(SslProvider.JDK);
        connector = fixture.connector(PLENTY, NextHopHooks.NONE);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /** Answers CONNECT with this text, then sends back what comes. */
    private TestOrigin hop(String answer) {
        return TestOrigin.start(connection -> {
            heads.add(TestOrigin.readHead(connection.getInputStream()));
            connection.getOutputStream().write(answer.getBytes(ISO_8859_1));
            TestOrigin.echo(connection);
        });
    }

    private String head() throws Exception {
        return String.valueOf(heads.poll(10, TimeUnit.SECONDS));
    }

    private static NextHop withCredentials(TestOrigin hop) {
        return new NextHop(false, Destination.of("hop.test", hop.port()), Optional.of(SECRET));
    }

    // -------------------------------------------------------------------------------------------- asking

    @Test
    void tunnel_isAskedForByConnect_withNothingElse() throws Exception {
        try (TestOrigin hop = hop(OK)) {
            Attempt attempt = fixture.connect(connector, via(hop, false, HOST, Purpose.TUNNEL));
            attempt.send("hello");

            assertThat(attempt.received(5)).isEqualTo("hello");
            assertThat(head()).isEqualTo("CONNECT www.origin.test:443 HTTP/1.1\r\nhost: www.origin.test:443\r\n\r\n");
            attempt.channel().close();
        }
    }

    @Test
    void ipv6Target_isInBrackets() throws Exception {
        try (TestOrigin hop = hop(OK)) {
            fixture.connect(connector, via(hop, false, "2001:db8::1", Purpose.TUNNEL))
                    .channel()
                    .close();

            assertThat(head()).startsWith("CONNECT [2001:db8::1]:443 HTTP/1.1\r\nhost: [2001:db8::1]:443\r\n");
        }
    }

    @Test
    void vettedAddress_isAskedForInPlaceOfTheName() throws Exception {
        try (TestOrigin hop = hop(OK)) {
            Order byName = via(hop, false, HOST, Purpose.TUNNEL);
            Order byAddress = new Order(
                    byName.route(), byName.destination(), byName.purpose(), "192.0.2.1:443", byName.context());
            fixture.connect(connector, byAddress).channel().close();

            assertThat(head()).startsWith("CONNECT 192.0.2.1:443 HTTP/1.1\r\nhost: 192.0.2.1:443\r\n");
        }
    }

    @Test
    void credentials_areSentToTheHop() throws Exception {
        try (TestOrigin hop = hop(OK)) {
            fixture.connect(connector, via(hop, withCredentials(hop), HOST, Purpose.TUNNEL))
                    .channel()
                    .close();

            assertThat(head()).contains("\r\nproxy-authorization: " + SECRET + "\r\n");
        }
    }

    @Test
    void plainHttp_goesWithoutConnect() throws Exception {
        try (TestOrigin hop = hop("")) {
            Attempt attempt = fixture.connect(connector, via(hop, false, HOST, Purpose.HTTP));
            attempt.send("GET http://www.origin.test/ HTTP/1.1\r\n\r\n");

            assertThat(head()).startsWith("GET http://www.origin.test/ ");
            attempt.channel().close();
        }
    }

    @Test
    void hook_addsFields_andReplacesCredentials() throws Exception {
        try (TestOrigin hop = hop(OK)) {
            NextHopConnectHook hook = (request, to) ->
                    Map.of("X-Request-Id", request.id() + "@" + to, "Proxy-Authorization", "Bearer token");
            fixture.connect(with(hook), via(hop, withCredentials(hop), HOST, Purpose.TUNNEL))
                    .channel()
                    .close();

            assertThat(head())
                    .contains("\r\nX-Request-Id: id@http://hop.test:" + hop.port() + "\r\n")
                    .containsOnlyOnce("uthorization: ")
                    .contains("uthorization: Bearer token\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "connection",
                "Content-Length",
                "transfer_encoding",
                "Expect",
                "Upgrade",
                "",
                "a b",
                "é",
                "x:"
            })
    void hook_withAFieldThatIsNotItsOwn_isAFault(String name) throws Exception {
        assertFaults((request, hop) -> Map.of(name, "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX: y", "a\nb", "a\u0000", "é", "€"})
    void hook_withAValueThatIsNone_isAFault_thatDoesNotTellIt(String value) throws Exception {
        assertThat(assertFaults((request, hop) -> Map.of("X-Trace", value)))
                .hasMessageContaining("X-Trace")
                .hasMessageNotContaining(value);
    }

    @Test
    @SuppressWarnings("NullAway") // what an application without checks may do
    void hook_thatThrowsOrReturnsNull_isAFault() throws Exception {
        IllegalStateException thrown = new IllegalStateException("hook");
        assertThat(assertFaults((request, hop) -> {
                    throw thrown;
                }))
                .isSameAs(thrown);
        assertFaults((request, hop) -> null);
    }

    private Throwable assertFaults(NextHopConnectHook hook) throws Exception {
        try (TestOrigin hop = hop(OK)) {
            DialResult result = fixture.connect(with(hook), via(hop, false, HOST, Purpose.TUNNEL))
                    .result();

            fixture.assertNothingIsOpen();
            assertThat(result).isInstanceOf(Faulted.class);
            assertThat(head()).as("what the hop got").isEmpty();
            return ((Faulted) result).cause();
        }
    }

    private Connector with(NextHopConnectHook hook) throws Exception {
        return fixture.connector(PLENTY, new NextHopHooks(hook, NextHopTlsHook.none()));
    }

    // ------------------------------------------------------------------------------------------- answers

    @Test
    void bytesRightBehindTheAnswer_comeFirst() throws Exception {
        try (TestOrigin hop = hop(OK + "early")) {
            Attempt attempt = fixture.connect(connector, via(hop, false, HOST, Purpose.TUNNEL));
            attempt.send(" late");

            assertThat(attempt.received(10)).isEqualTo("early late");
            attempt.channel().close();
        }
    }

    @Test
    void bytesAndFinRightBehindTheAnswer_bothArrive() throws Exception {
        try (TestOrigin hop = TestOrigin.start(connection -> {
            TestOrigin.readHead(connection.getInputStream());
            connection.getOutputStream().write((OK + "all of it").getBytes(ISO_8859_1));
            connection.shutdownOutput();
            connection.getInputStream().transferTo(OutputStream.nullOutputStream());
        })) {
            Attempt attempt = fixture.connect(connector, via(hop, false, HOST, Purpose.TUNNEL));

            assertThat(attempt.received(9)).isEqualTo("all of it");
            assertThat(attempt.ending()).isEqualTo("end");
            attempt.channel().close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 299 Whatever\r\nContent-Length: 5\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.0 200 Connection established\r\nTransfer-Encoding: chunked\r\n\r\n"
            })
    void success_isATunnel_whateverElseItSays(String answer) throws Exception {
        try (TestOrigin hop = hop(answer)) {
            Attempt attempt = fixture.connect(connector, via(hop, false, HOST, Purpose.TUNNEL));
            attempt.send("hello");

            assertThat(attempt.received(5)).isEqualTo("hello");
            attempt.channel().close();
        }
    }

    @Test
    void answerInSingleBytes_behindAnInterimOne_isReadToItsEnd() throws Exception {
        try (TestOrigin hop = TestOrigin.start(connection -> {
            TestOrigin.readHead(connection.getInputStream());
            connection.setTcpNoDelay(true);
            byte[] answer = ("HTTP/1.1 103 Early Hints\r\n\r\n" + OK).getBytes(ISO_8859_1);
            for (byte each : answer) {
                connection.getOutputStream().write(each);
            }
            TestOrigin.echo(connection);
        })) {
            fixture.connect(connector, via(hop, false, HOST, Purpose.TUNNEL))
                    .channel()
                    .close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 403, 407, 502})
    void refusal_isToldWithItsStatusAlone(int status) throws Exception {
        String answer = "HTTP/1.1 " + status + " SecretPhrase\r\nX-Secret: secret\r\nContent-Length: 6\r\n\r\nsecret";
        try (TestOrigin hop = hop(answer)) {
            Failed failed = fixture.fail(connector, via(hop, withCredentials(hop), HOST, Purpose.TUNNEL));

            assertThat(failed.kind()).isEqualTo(FailureKind.HOP_REFUSED);
            assertThat(failed.message())
                    .isEqualTo("next hop http://hop.test:" + hop.port() + " answered CONNECT with status " + status);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "HTTP/1.1 200 OK\nX: y\n\n",
                "HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
                "HTTP/2.0 200 OK\r\n\r\n",
                "HTTP/1.1 +200 OK\r\n\r\n"
            })
    void garbage_isNoAnswer(String answer) throws Exception {
        assertInvalid(hop(answer));
    }

    @Test
    void headWithoutEnd_isNoAnswer() throws Exception {
        assertInvalid(hop("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(20_000)));
        assertInvalid(hop("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1_000)));
    }

    @Test
    void switchOfProtocols_isNoTunnel() throws Exception {
        try (TestOrigin hop = hop("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")) {
            assertThat(fixture.fail(connector, via(hop, false, HOST, Purpose.TUNNEL))
                            .kind())
                    .isEqualTo(FailureKind.HOP_REFUSED);
        }
    }

    @Test
    void halfAnAnswer_orNone_thenTheEnd_isNoAnswer() throws Exception {
        for (String part : new String[] {"", "HTTP/1.1 200 OK\r\nX: "}) {
            assertInvalid(TestOrigin.start(connection -> {
                TestOrigin.readHead(connection.getInputStream());
                connection.getOutputStream().write(part.getBytes(ISO_8859_1));
                connection.shutdownOutput();
                connection.getInputStream().transferTo(OutputStream.nullOutputStream());
            }));
        }
    }

    @Test
    void reset_isNoAnswer() throws Exception {
        assertInvalid(TestOrigin.start(connection -> {
            TestOrigin.readHead(connection.getInputStream());
            connection.setSoLinger(true, 0);
            connection.close();
        }));
    }

    private void assertInvalid(TestOrigin hop) throws Exception {
        try (hop) {
            Failed failed = fixture.fail(connector, via(hop, withCredentials(hop), HOST, Purpose.TUNNEL));

            assertThat(failed.kind()).isEqualTo(FailureKind.HOP_FAILED);
            assertThat(failed.message())
                    .startsWith("next hop http://hop.test:" + hop.port() + ": ")
                    .doesNotContain("SSH", "secret", SECRET);
        }
    }

    @Test
    void hopThatIsNotThere_isNamed() throws Exception {
        TestOrigin hop = hop("");
        hop.close();
        Failed failed = fixture.fail(connector, via(hop, withCredentials(hop), HOST, Purpose.TUNNEL));

        assertThat(failed.kind()).isEqualTo(FailureKind.REFUSED);
        assertThat(failed.message())
                .isEqualTo("next hop http://hop.test:" + hop.port() + ": connect to 127.0.0.2 port " + hop.port()
                        + ": connection refused");
    }

    // ---------------------------------------------------------------------------------------- the limits

    @Test
    void silence_orDribbling_lastsNoLongerThanTheDeadline() throws Exception {
        Duration limit = Duration.ofMillis(600);
        for (String drop : new String[] {"", "a"}) {
            try (TestOrigin hop = TestOrigin.start(connection -> dribble(connection, drop))) {
                Connector impatient = fixture.connector(limit, NextHopHooks.NONE);
                Failed failed = fixture.fail(impatient, via(hop, withCredentials(hop), HOST, Purpose.TUNNEL));

                assertThat(failed.kind()).isEqualTo(FailureKind.TIMEOUT);
                assertThat(failed.message())
                        .isEqualTo("the answer of next hop http://hop.test:" + hop.port()
                                + " to CONNECT: connection timed out");
                assertThat(Duration.ofNanos(failed.nanos())).isBetween(limit, limit.multipliedBy(10));
            }
        }
    }

    private static void dribble(Socket connection, String drop) throws Exception {
        TestOrigin.readHead(connection.getInputStream());
        connection.getOutputStream().write("HTTP/1.1 200 OK\r\nX: ".getBytes(ISO_8859_1));
        connection.setSoTimeout(20);
        boolean open = true;
        while (open) {
            connection.getOutputStream().write(drop.getBytes(ISO_8859_1));
            open = isOpen(connection);
        }
    }

    private static boolean isOpen(Socket connection) throws IOException {
        try {
            return connection.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    @Test
    void cancelled_whileTheHopThinks_leavesNothing_andCallsNobody() throws Exception {
        try (TestOrigin hop = TestOrigin.start(connection -> {
            heads.add(TestOrigin.readHead(connection.getInputStream()));
            connection.getInputStream().transferTo(OutputStream.nullOutputStream());
        })) {
            Attempt attempt = fixture.connect(connector, via(hop, false, HOST, Purpose.TUNNEL));
            assertThat(head()).startsWith("CONNECT");
            fixture.cancel(attempt);

            fixture.assertNothingIsOpen();
            await().untilAsserted(() -> assertThat(fixture.sockets()).isOne());
            assertThat(attempt.isDone()).isFalse();
        }
    }
}
