package io.smokescreen.internal.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ends that are slow, that stop, and that leave: everything is let go, and the log says so once. */
class StallTest {

    private static final Duration LIMIT = Duration.ofMillis(400);
    private static final int STEPS = 8;

    /** More than the proxy and the socket buffers of a loopback connection hold together. */
    private static final long A_LOT = 64L * 1024 * 1024;

    @Test
    void bodyThatNeverComes_is408_andTheUpstreamIsClosed() throws Exception {
        CountDownLatch upstreamEnded = new CountDownLatch(1);
        try (PlainHttp http = PlainHttp.to(untilReset(upstreamEnded), PlainHttp.stallingFor(LIMIT));
                RawClient client = http.client()) {
            client.send(http.head("POST", "/", "Content-Length: 10"));
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 408 Request timeout\r\n")
                    .contains("\r\nX-Smokescreen-Error-Code: request-timeout\r\n", "\r\nconnection: close\r\n");
            assertThat(upstreamEnded.await(5, TimeUnit.SECONDS)).isTrue();
            assertOneOfEach(http, "the request's body did not arrive in time");
        }
    }

    @Test
    void bodyThatWaitsForA100_isTheOriginsTurn() throws Exception {
        CountDownLatch upstreamEnded = new CountDownLatch(1);
        try (PlainHttp http = PlainHttp.to(untilReset(upstreamEnded), PlainHttp.stallingFor(LIMIT));
                RawClient client = http.client()) {
            client.send(http.head("POST", "/", "Content-Length: 10", "Expect: 100-continue"));
            assertThat(client.readAllText()).startsWith("HTTP/1.1 504 Gateway timeout\r\n");
            assertThat(upstreamEnded.await(5, TimeUnit.SECONDS)).isTrue();
            assertOneOfEach(http, "the origin did not answer in time");
        }
    }

    @Test
    void slowBody_isServed_asLongAsItMoves() throws Exception {
        try (PlainHttp http = PlainHttp.to(
                        PlainHttp.answering(head -> "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
                        PlainHttp.stallingFor(LIMIT));
                RawClient client = http.client()) {
            client.send(http.head("POST", "/", "Content-Length: " + STEPS));
            for (int i = 0; i < STEPS; i++) {
                pause();
                client.send("x");
            }
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void slowAnswer_isServed_asLongAsItMoves() throws Exception {
        TestOrigin.Behaviour slow = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            write(connection, "HTTP/1.1 200 OK\r\nContent-Length: " + STEPS + "\r\n\r\n");
            for (int i = 0; i < STEPS; i++) {
                pause();
                write(connection, "x");
            }
        };
        try (PlainHttp http = PlainHttp.to(slow, PlainHttp.stallingFor(LIMIT));
                RawClient client = http.client()) {
            client.send(http.get("/")).readHead();
            assertThat(client.read(STEPS)).asString().isEqualTo("x".repeat(STEPS));
        }
    }

    @Test
    void answerThatStops_isCut() throws Exception {
        CountDownLatch upstreamEnded = new CountDownLatch(1);
        TestOrigin.Behaviour stops = connection -> {
            write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            untilReset(upstreamEnded).serve(connection);
        };
        try (PlainHttp http = PlainHttp.to(stops, PlainHttp.stallingFor(LIMIT));
                RawClient client = http.client()) {
            client.send(http.get("/")).readHead();
            assertThat(client.read(5)).asString().isEqualTo("hello");
            assertThatThrownBy(client::readAll).isInstanceOf(UncheckedIOException.class);
            assertThat(upstreamEnded.await(5, TimeUnit.SECONDS)).isTrue();
            assertOneOfEach(http, "the origin did not answer in time");
        }
    }

    @Test
    void clientThatReadsNothing_stopsTheOrigin_andIsCut() throws Exception {
        AtomicLong written = new AtomicLong();
        CountDownLatch upstreamEnded = new CountDownLatch(1);
        TestOrigin.Behaviour floods = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            write(connection, "HTTP/1.1 200 OK\r\nContent-Length: " + A_LOT + "\r\n\r\n");
            flood(connection, written);
            upstreamEnded.countDown();
        };
        try (PlainHttp http = PlainHttp.to(floods, PlainHttp.stallingFor(LIMIT));
                RawClient client = http.client()) {
            client.send(http.get("/")).readHead();
            assertThat(upstreamEnded.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(written.get()).isLessThan(A_LOT / 2);
            assertOneOfEach(http, "the client did not read the response in time");
            assertThatThrownBy(client::readAll).isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void originThatReadsNothing_stopsTheClient_andIs504() throws Exception {
        AtomicLong written = new AtomicLong();
        CountDownLatch done = new CountDownLatch(1);
        TestOrigin.Behaviour deaf = connection -> done.await(20, TimeUnit.SECONDS);
        try (PlainHttp http = PlainHttp.to(deaf, PlainHttp.stallingFor(LIMIT));
                RawClient client = http.client()) {
            client.send(http.head("POST", "/", "Content-Length: " + A_LOT));
            Thread sender = new Thread(() -> flood(client.socket(), written));
            sender.start();
            assertThat(client.readHead()).startsWith("HTTP/1.1 504 Gateway timeout\r\n");
            assertThat(written.get()).isLessThan(A_LOT / 2);
            assertOneOfEach(http, "the origin did not answer in time");
            sender.join(10_000);
            assertThat(sender.isAlive()).isFalse();
        } finally {
            done.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void clientThatLeavesInItsBody_endsTheUpstream(boolean reset) throws Exception {
        CountDownLatch upstreamEnded = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        TestOrigin.Behaviour reads = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            assertThat(connection.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
            begun.countDown();
            untilReset(upstreamEnded).serve(connection);
        };
        try (PlainHttp http = PlainHttp.to(reads);
                RawClient client = http.client()) {
            client.send(http.head("POST", "/", "Content-Length: 10") + "hello");
            assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();
            if (reset) {
                client.reset();
            } else {
                client.socket().close();
            }
            assertThat(upstreamEnded.await(5, TimeUnit.SECONDS)).isTrue();
            assertOneOfEach(http, reset ? "the client left" : "the request's body was cut off or is malformed");
        }
    }

    @Test
    void clientThatLeavesInTheAnswer_endsTheUpstream() throws Exception {
        CountDownLatch upstreamEnded = new CountDownLatch(1);
        AtomicLong written = new AtomicLong();
        TestOrigin.Behaviour floods = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            write(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4000000\r\n");
            flood(connection, written);
            upstreamEnded.countDown();
        };
        try (PlainHttp http = PlainHttp.to(floods);
                RawClient client = http.client()) {
            client.send(http.get("/")).readHead();
            client.reset();
            assertThat(upstreamEnded.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(written.get()).isLessThan(A_LOT / 2);
            assertOneOfEach(http, "the client left");
        }
    }

    @Test
    void clientThatLeavesBeforeTheAnswer_endsTheUpstream() throws Exception {
        CountDownLatch upstreamEnded = new CountDownLatch(1);
        try (PlainHttp http = PlainHttp.to(untilReset(upstreamEnded));
                RawClient client = http.client()) {
            client.send(http.get("/"));
            await().until(() -> http.origin().accepted() == 1);
            client.socket().close();
            assertThat(upstreamEnded.await(5, TimeUnit.SECONDS)).isTrue();
            assertOneOfEach(http, "the client left");
        }
    }

    private static TestOrigin.Behaviour untilReset(CountDownLatch ended) {
        return connection -> {
            try {
                connection.getInputStream().readAllBytes();
            } catch (SocketException reset) {
                ended.countDown();
            }
        };
    }

    /** Writes {@link #A_LOT}, or what the other end takes. */
    private static void flood(Socket socket, AtomicLong written) {
        byte[] block = new byte[64 * 1024];
        try {
            while (written.get() < A_LOT) {
                socket.getOutputStream().write(block);
                written.addAndGet(block.length);
            }
        } catch (IOException cut) {
            return;
        }
    }

    private static void assertOneOfEach(PlainHttp http, String error) {
        await().until(() -> http.proxy().closes().size() == 1);
        await().until(() -> http.requestsInWork() == 0);
        assertThat(http.proxy().decisions()).hasSize(1);
        assertThat(http.proxy().closes().get(0)).containsAllEntriesOf(Map.of("proxy_type", "http", "error", error));
    }

    /** Time that passes is what these tests are about: each pause is well under the limit, all together well over it. */
    private static void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(LIMIT.toMillis() / 4);
    }

    private static void write(Socket connection, String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(ISO_8859_1));
    }
}
