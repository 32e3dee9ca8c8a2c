package io.smokescreen.internal.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.TimeoutOptions;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limits on a whole request and a whole response of plain HTTP, which end also what moves well. */
class ReadWriteTimeoutTest {

    private static final Duration LIMIT = Duration.ofMillis(600);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String ENDLESS = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stopTheClock() {
        clock.shutdownNow();
    }

    @Test
    void bodyThatMovesButNeverEnds_is408() throws Exception {
        CountDownLatch upstreamEnded = new CountDownLatch(1);
        TestOrigin.Behaviour reads = connection -> {
            assertThatThrownBy(() -> connection.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
            upstreamEnded.countDown();
        };
        try (PlainHttp http = PlainHttp.to(reads, with(timeouts -> timeouts.withReadRequest(LIMIT)));
                RawClient client = http.client()) {
            client.send(http.head("POST", "/", "Content-Length: 1000000"));
            drip(client.socket());

            assertThat(client.readHead())
                    .startsWith("HTTP/1.1 408 Request timeout\r\n")
                    .contains("\r\nX-Smokescreen-Error-Code: request-timeout\r\n", "\r\nconnection: close\r\n");
            assertThat(upstreamEnded.await(10, TimeUnit.SECONDS)).isTrue();
            assertEnd(http, "the request was not complete within the read timeout");
        }
    }

    @Test
    void bodyThatMovesButNeverEnds_afterTheResponseBegan_isCut() throws Exception {
        TestOrigin.Behaviour answersAtOnce = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            connection.getOutputStream().write(ENDLESS.getBytes(ISO_8859_1));
            connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        };
        try (PlainHttp http = PlainHttp.to(answersAtOnce, with(timeouts -> timeouts.withReadRequest(LIMIT)));
                RawClient client = http.client()) {
            client.send(http.head("POST", "/", "Content-Length: 1000000"));
            drip(client.socket());

            assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
            assertThatThrownBy(client::readAll).isInstanceOf(UncheckedIOException.class);
            assertEnd(http, "the request was not complete within the read timeout");
        }
    }

    @Test
    void headThatNeverEnds_isClosed_whereThatIsShorterThanTheLimitOnHeads() throws Exception {
        try (PlainHttp http = PlainHttp.to(PlainHttp.answering(head -> OK), with(t -> t.withReadRequest(LIMIT)));
                RawClient client = http.client()) {
            client.send("GET http://" + PlainHttp.HOST + "/ HTTP/1.1\r\n");

            assertThat(client.readAll()).isEmpty();
        }
    }

    @Test
    void requestThatIsComplete_hasMoreTimeForItsResponse() throws Exception {
        TestOrigin.Behaviour slow = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            after(LIMIT.multipliedBy(2), connection, OK);
            connection.getInputStream().read();
        };
        try (PlainHttp http = PlainHttp.to(slow, with(timeouts -> timeouts.withReadRequest(LIMIT)));
                RawClient client = http.client()) {
            assertThat(HttpReply.read(client.send(http.get("/"))).body()).isEqualTo("ok");
        }
    }

    @Test
    void nextRequestOnAConnection_hasTheWholeTimeAgain() throws Exception {
        try (PlainHttp http = PlainHttp.to(
                        PlainHttp.answering(head -> OK),
                        with(timeouts -> timeouts.withReadRequest(LIMIT).withWriteResponse(LIMIT)));
                RawClient client = http.client()) {
            assertThat(HttpReply.read(client.send(http.get("/"))).status()).isEqualTo(200);
            CountDownLatch later = new CountDownLatch(1);
            clock.schedule(later::countDown, 2 * LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();

            assertThat(HttpReply.read(client.send(http.head("POST", "/", "Content-Length: 1") + "x"))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void responseThatDoesNotBegin_is504() throws Exception {
        TestOrigin.Behaviour silent = connection -> connection.getInputStream().readAllBytes();
        try (PlainHttp http = PlainHttp.to(silent, with(timeouts -> timeouts.withWriteResponse(LIMIT)));
                RawClient client = http.client()) {
            HttpReply reply = HttpReply.read(client.send(http.get("/")));

            assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 504 Gateway timeout");
            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("upstream-timeout");
            assertEnd(http, "the response was not complete within the write timeout");
        }
    }

    @Test
    void responseThatMovesButNeverEnds_isCut() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        TestOrigin.Behaviour endless = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            connection.getOutputStream().write(ENDLESS.getBytes(ISO_8859_1));
            drip(connection);
            assertThat(end.await(20, TimeUnit.SECONDS)).isTrue();
        };
        try (PlainHttp http = PlainHttp.to(endless, with(timeouts -> timeouts.withWriteResponse(LIMIT)));
                RawClient client = http.client()) {
            assertThat(client.send(http.get("/")).readHead()).startsWith("HTTP/1.1 200 OK\r\n");

            assertThatThrownBy(client::readAll).isInstanceOf(UncheckedIOException.class);
            assertEnd(http, "the response was not complete within the write timeout");
        } finally {
            end.countDown();
        }
    }

    @Test
    void tunnel_hasNeitherLimit() throws Exception {
        try (PlainHttp http = PlainHttp.to(
                        TestOrigin::echo,
                        with(timeouts -> timeouts.withReadRequest(LIMIT).withWriteResponse(LIMIT)));
                RawClient client = http.client()) {
            client.send("CONNECT " + PlainHttp.HOST + ":" + http.origin().port() + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");

            after(LIMIT.multipliedBy(3), client.socket(), "late");

            assertThat(client.read(4)).asString().isEqualTo("late");
        }
    }

    private static Consumer<SmokescreenBuilder> with(UnaryOperator<TimeoutOptions> change) {
        return builder -> builder.timeouts(change.apply(TimeoutOptions.defaults()));
    }

    /** Sends a byte every now and then, until the connection ends. */
    private void drip(Socket socket) {
        clock.scheduleWithFixedDelay(() -> write(socket, "x"), 20, 20, TimeUnit.MILLISECONDS);
    }

    private void after(Duration pause, Socket socket, String text) {
        clock.schedule(() -> write(socket, text), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What it throws ends the dripping, nothing else. */
    private static void write(Socket socket, String text) {
        try {
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }

    private static void assertEnd(PlainHttp http, String error) {
        await().until(() -> http.proxy().closes().size() == 1);
        await().until(() -> http.requestsInWork() == 0);
        assertThat(http.proxy().decisions()).hasSize(1);
        assertThat(http.proxy().closes().get(0)).containsEntry("error", error);
    }
}
