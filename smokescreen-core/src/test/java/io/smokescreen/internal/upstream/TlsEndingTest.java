package io.smokescreen.internal.upstream;

import static io.smokescreen.internal.upstream.ConnectorFixture.PLENTY;
import static io.smokescreen.internal.upstream.ConnectorFixture.direct;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslProvider;
import io.smokescreen.internal.request.ResponseDecoder;
import io.smokescreen.internal.upstream.ConnectorFixture.Attempt;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestTls;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** RFC 9112 §9.8: over TLS only close_notify is an end, a FIN is a cut. */
@ParameterizedClass
@MethodSource("implementations")
class TlsEndingTest {

    private static final String HOST = "www.origin.test";
    private static final String CUT = "the connection ended without close_notify";

    private final ConnectorFixture fixture;
    private final Connector connector;
    private final TestTls tls;

    TlsEndingTest(SslProvider provider, String version) throws Exception {
        this.fixture = new ConnectorFixture(provider);
        this.connector = fixture.connector(PLENTY, NextHopHooks.NONE);
        this.tls = TestTls.of(fixture.authority.server(HOST)).versions(version);
    }

    static Stream<Arguments> implementations() {
        return Stream.of(SslProvider.JDK, SslProvider.OPENSSL_REFCNT)
                .flatMap(provider -> Stream.of("TLSv1.2", "TLSv1.3").map(version -> Arguments.of(provider, version)));
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /** How the origin ends a connection on which it has sent something. */
    private enum Ending {
        CLOSE_NOTIFY {
            @Override
            void end(SSLSocket tls, Socket below) throws Exception {
                tls.shutdownOutput();
            }
        },
        CLOSE_NOTIFY_AND_FIN {
            @Override
            void end(SSLSocket tls, Socket below) throws Exception {
                tls.shutdownOutput();
                below.shutdownOutput();
            }
        },
        FIN {
            @Override
            void end(SSLSocket tls, Socket below) throws Exception {
                below.shutdownOutput();
            }
        },
        RESET {
            @Override
            void end(SSLSocket tls, Socket below) throws Exception {
                below.setSoLinger(true, 0);
                below.close();
            }
        };

        abstract void end(SSLSocket tls, Socket below) throws Exception;
    }

    @Test
    void closeNotify_isTheEnd_withFinOrWithout_alsoWhereAllComesAtOnce() throws Exception {
        for (boolean atOnce : List.of(false, true)) {
            assertThat(ending(Ending.CLOSE_NOTIFY, atOnce)).isEqualTo("all of it, end");
            assertThat(ending(Ending.CLOSE_NOTIFY_AND_FIN, atOnce)).isEqualTo("all of it, end");
        }
    }

    @Test
    void finWithoutCloseNotify_isACut_alsoWhereAllComesAtOnce() throws Exception {
        for (boolean atOnce : List.of(false, true)) {
            assertThat(ending(Ending.FIN, atOnce)).isEqualTo("all of it, " + CUT);
            fixture.assertNothingIsOpen();
        }
    }

    @Test
    void reset_isNoEnd() throws Exception {
        assertThat(ending(Ending.RESET, false)).doesNotEndWith(" end").doesNotEndWith(CUT);
        fixture.assertNothingIsOpen();
    }

    private String ending(Ending ending, boolean atOnce) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        try (TestOrigin origin = TestOrigin.start(connection -> {
            SSLSocket accepted = tls.accept(connection);
            go.await(10, TimeUnit.SECONDS);
            accepted.getOutputStream().write("all of it".getBytes(ISO_8859_1));
            ending.end(accepted, connection);
            sent.countDown();
            if (!connection.isClosed()) {
                connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            }
        })) {
            Attempt attempt = fixture.connect(connector, direct(origin, HOST, Purpose.HTTPS));
            attempt.channel();
            if (atOnce) {
                fixture.pauseLoopUntil(sent);
            }
            go.countDown();
            String how = attempt.received(9) + ", " + attempt.ending();
            attempt.channel().close();
            return how;
        }
    }

    @Test
    void bodyWithoutALength_endsWithCloseNotify_andIsCutByFin() throws Exception {
        assertThat(lastOfBody(Ending.CLOSE_NOTIFY)).isInstanceOf(LastHttpContent.class);
        assertThat(lastOfBody(Ending.CLOSE_NOTIFY_AND_FIN)).isInstanceOf(LastHttpContent.class);
        assertThat(lastOfBody(Ending.FIN)).isNotInstanceOf(LastHttpContent.class);
    }

    private Object lastOfBody(Ending ending) throws Exception {
        try (TestOrigin origin = TestOrigin.start(connection -> {
            SSLSocket accepted = tls.accept(connection);
            TestOrigin.readHead(accepted.getInputStream());
            accepted.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\nbody".getBytes(ISO_8859_1));
            ending.end(accepted, connection);
            if (!connection.isClosed()) {
                connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            }
        })) {
            Attempt attempt = fixture.connect(connector, direct(origin, HOST, Purpose.HTTPS));
            ResponseDecoder decoder = new ResponseDecoder();
            decoder.expectResponseTo(HttpMethod.GET);
            attempt.channel().pipeline().addBefore(Attempt.NAME, "decoder", decoder);
            attempt.send("GET / HTTP/1.1\r\n\r\n");
            attempt.ending();
            attempt.channel().close().sync();
            List<Object> objects = attempt.objects();
            assertThat(objects).first().isInstanceOf(HttpResponse.class);
            assertThat(objects).last().isInstanceOf(HttpContent.class);
            return objects.get(objects.size() - 1);
        }
    }
}
