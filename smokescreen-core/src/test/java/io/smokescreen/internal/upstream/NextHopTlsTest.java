package io.smokescreen.internal.upstream;

import static io.smokescreen.internal.upstream.ConnectorFixture.PLENTY;
import static io.smokescreen.internal.upstream.ConnectorFixture.via;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.smokescreen.internal.upstream.ConnectorFixture.Attempt;
import io.smokescreen.internal.upstream.DialResult.Failed;
import io.smokescreen.internal.upstream.DialResult.FailureKind;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestOrigin.Behaviour;
import io.smokescreen.testing.TestTls;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Next hops over TLS, and TLS with origins behind next hops: one layer in the other. */
@ParameterizedClass
@EnumSource(
        value = SslProvider.class,
        names = {"JDK", "OPENSSL_REFCNT"})
class NextHopTlsTest {

    private static final String HOST = "www.origin.test";
    private static final String HOP = "hop.test";
    private static final String OK = "HTTP/1.1 200 OK\r\n\r\n";

    private final ConnectorFixture fixture;
    private final Connector connector;
    private final TestTls hopTls;
    private final TestTls originTls;

    NextHopTlsTest(SslProvider provider) throws Exception {
        this.fixture = new ConnectorFixture(provider);
        this.connector = fixture.connector(PLENTY, NextHopHooks.NONE);
        this.hopTls = TestTls.of(fixture.authority.server(HOP));
        this.originTls = TestTls.of(fixture.authority.server(HOST));
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /** Answers CONNECT with this text, and then is the destination too. */
    static Behaviour connectThen(String answer, Behaviour destination) {
        return connection -> {
            TestOrigin.readHead(connection.getInputStream());
            connection.getOutputStream().write(answer.getBytes(ISO_8859_1));
            destination.serve(connection);
        };
    }

    private static void drain(Socket connection) throws Exception {
        connection.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    // ------------------------------------------------------------------------------------- who is believed

    @Test
    void hopOverTls_isAskedOnceItIsVerified() throws Exception {
        try (TestOrigin hop = TestOrigin.start(hopTls.then(connectThen(OK + "early", TestOrigin::echo)))) {
            Attempt attempt = fixture.connect(connector, via(hop, true, HOST, Purpose.TUNNEL));
            attempt.send(" late");

            assertThat(attempt.received(10)).isEqualTo("early late");
            attempt.channel().close();
        }
    }

    @Test
    void plainHttp_goesToTheHopOverTls() throws Exception {
        try (TestOrigin hop = TestOrigin.start(hopTls.then(TestOrigin::echo))) {
            Attempt attempt = fixture.connect(connector, via(hop, true, HOST, Purpose.HTTP));
            attempt.send("GET ");

            assertThat(attempt.received(4)).isEqualTo("GET ");
            attempt.channel().close();
        }
    }

    @Test
    void hopWithACertificateThatWillNotDo_isToldNothing() throws Exception {
        assertHopRefused(fixture.authority.server(HOST), "its certificate is not for this host");
        assertHopRefused(TestCertificates.create().server(HOP), "its certificate does not lead to a trusted authority");
    }

    private void assertHopRefused(Identity identity, String words) throws Exception {
        try (TestOrigin hop = TestOrigin.start(TestTls.of(identity).then(connectThen(OK, TestOrigin::echo)))) {
            Failed failed = fixture.fail(connector, via(hop, true, HOST, Purpose.TUNNEL));

            assertThat(failed.kind()).isEqualTo(FailureKind.HOP_FAILED);
            assertThat(failed.message()).isEqualTo("TLS with next hop https://hop.test:" + hop.port() + ": " + words);
        }
    }

    // ----------------------------------------------------------------------------- the origin behind a hop

    @Test
    void originOverTls_behindAHop_isVerifiedThroughIt() throws Exception {
        for (boolean tls : new boolean[] {false, true}) {
            try (TestOrigin hop = hop(tls, connectThen(OK, originTls.then(TestOrigin::echo)))) {
                Attempt attempt = fixture.connect(connector, via(hop, tls, HOST, Purpose.HTTPS));
                attempt.send("hello");

                assertThat(attempt.received(5)).isEqualTo("hello");
                assertThat(attempt.channel().pipeline().toMap().values().stream()
                                .filter(SslHandler.class::isInstance))
                        .hasSize(tls ? 2 : 1);
                attempt.channel().close();
            }
        }
    }

    @Test
    void originBehindAHop_withACertificateThatWillNotDo_isRefused() throws Exception {
        TestTls other = TestTls.of(fixture.authority.server("other.test"));
        for (boolean tls : new boolean[] {false, true}) {
            try (TestOrigin hop = hop(tls, connectThen(OK, other.then(TestOrigin::echo)))) {
                Failed failed = fixture.fail(connector, via(hop, tls, HOST, Purpose.HTTPS));

                assertThat(failed.kind()).isEqualTo(FailureKind.TLS_FAILED);
                assertThat(failed.message())
                        .isEqualTo("TLS with www.origin.test:443: its certificate is not for this host");
            }
        }
    }

    /** What a hop sends behind its answer is the origin's, and it is not for the origin to begin. */
    @Test
    void bytesBehindTheAnswer_areTakenForTls() throws Exception {
        for (boolean tls : new boolean[] {false, true}) {
            String smuggled = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            try (TestOrigin hop = hop(tls, connectThen(OK + smuggled, NextHopTlsTest::drain))) {
                Failed failed = fixture.fail(connector, via(hop, tls, HOST, Purpose.HTTPS));

                assertThat(failed.kind()).isEqualTo(FailureKind.TLS_FAILED);
                assertThat(failed.message()).endsWith("it does not speak TLS");
            }
        }
    }

    @Test
    void endOfTheHopsTls_withoutTheOriginsCloseNotify_isACut() throws Exception {
        Behaviour endsBelow = connection -> {
            SSLSocket origin = originTls.accept(connection);
            origin.getOutputStream().write("part".getBytes(ISO_8859_1));
            ((SSLSocket) connection).shutdownOutput();
            drain(connection);
        };
        try (TestOrigin hop = hop(true, connectThen(OK, endsBelow))) {
            Attempt attempt = fixture.connect(connector, via(hop, true, HOST, Purpose.HTTPS));

            assertThat(attempt.received(4)).isEqualTo("part");
            assertThat(attempt.ending()).isEqualTo("the connection ended without close_notify");
            fixture.assertNothingIsOpen();
        }
    }

    @Test
    void originsCloseNotify_isTheEnd_whateverTheHopDoes() throws Exception {
        Behaviour ends = connection -> {
            SSLSocket origin = originTls.accept(connection);
            origin.getOutputStream().write("all of it".getBytes(ISO_8859_1));
            origin.shutdownOutput();
            drain(connection);
        };
        try (TestOrigin hop = hop(true, connectThen(OK, ends))) {
            Attempt attempt = fixture.connect(connector, via(hop, true, HOST, Purpose.HTTPS));

            assertThat(attempt.received(9)).isEqualTo("all of it");
            assertThat(attempt.ending()).isEqualTo("end");
            attempt.channel().close();
        }
    }

    private TestOrigin hop(boolean tls, Behaviour behaviour) {
        return TestOrigin.start(tls ? hopTls.then(behaviour) : behaviour);
    }

    // ------------------------------------------------------------------------------------------ the limits

    /** Each phase of the way, reached and then met with silence. */
    private enum Silence {
        TLS_WITH_HOP("TLS with next hop https://hop.test:"),
        CONNECT("the answer of next hop https://hop.test:"),
        TLS_WITH_ORIGIN("TLS with www.origin.test:443");

        private final String message;

        Silence(String message) {
            this.message = message;
        }
    }

    private TestOrigin silent(Silence at, CountDownLatch reached) {
        Behaviour silence = connection -> {
            connection.getInputStream().read(); // what the proxy says in this phase
            reached.countDown();
            drain(connection);
        };
        return switch (at) {
            case TLS_WITH_HOP -> TestOrigin.start(silence);
            case CONNECT -> TestOrigin.start(hopTls.then(silence));
            case TLS_WITH_ORIGIN -> TestOrigin.start(hopTls.then(connectThen(OK, silence)));
        };
    }

    @Test
    void silence_inEachPhase_endsWithTheDeadline() throws Exception {
        Connector impatient = fixture.connector(Duration.ofSeconds(1), NextHopHooks.NONE);
        try (TestOrigin first = silent(Silence.TLS_WITH_HOP, new CountDownLatch(1));
                TestOrigin second = silent(Silence.CONNECT, new CountDownLatch(1));
                TestOrigin third = silent(Silence.TLS_WITH_ORIGIN, new CountDownLatch(1))) {
            Map<Silence, TestOrigin> hops = new EnumMap<>(
                    Map.of(Silence.TLS_WITH_HOP, first, Silence.CONNECT, second, Silence.TLS_WITH_ORIGIN, third));
            Map<Silence, Attempt> attempts = new EnumMap<>(Silence.class);
            for (Map.Entry<Silence, TestOrigin> each : hops.entrySet()) {
                Order order = via(each.getValue(), true, HOST, Purpose.HTTPS);
                attempts.put(each.getKey(), fixture.connect(impatient, order));
            }
            for (Map.Entry<Silence, Attempt> each : attempts.entrySet()) {
                Failed failed = (Failed) each.getValue().result();
                assertThat(failed.kind()).isEqualTo(FailureKind.TIMEOUT);
                assertThat(failed.message()).startsWith(each.getKey().message).endsWith(": connection timed out");
            }
            fixture.assertNothingIsOpen();
        }
    }

    @Test
    void cancelled_inEachPhase_leavesNothing_andCallsNobody() throws Exception {
        for (Silence at : Silence.values()) {
            CountDownLatch reached = new CountDownLatch(1);
            try (TestOrigin hop = silent(at, reached)) {
                Attempt attempt = fixture.connect(connector, via(hop, true, HOST, Purpose.HTTPS));
                assertThat(reached.await(10, TimeUnit.SECONDS)).as("reached").isTrue();
                fixture.cancel(attempt);

                fixture.assertNothingIsOpen();
                assertThat(attempt.isDone()).isFalse();
            }
        }
    }
}
