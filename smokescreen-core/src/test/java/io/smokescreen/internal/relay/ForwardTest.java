package io.smokescreen.internal.relay;

import static io.smokescreen.internal.relay.PlainHttp.HOST;
import static io.smokescreen.internal.relay.PlainHttp.answering;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.internal.relay.PlainHttp.Body;
import io.smokescreen.internal.relay.PlainHttp.Keeping;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain HTTP through the proxy, byte for byte. */
class ForwardTest {

    private static final String HELLO = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    @Test
    void get_answeredWithALength_isForwardedByteForByte() throws Exception {
        Keeping origin =
                answering(head -> "HTTP/1.1 200 Fine \u00e9\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 5\r\n\r\nhello");
        try (PlainHttp http = PlainHttp.to(origin);
                RawClient client = http.client()) {
            client.send(http.get("/p?q=%20&r", "X-B: \u00e9", "Connection: close"));

            assertThat(client.readAllText())
                    .isEqualTo("HTTP/1.1 200 Fine \u00e9\r\nX-A: 1\r\nx-a: 2\r\ncontent-length: 5\r\n"
                            + "connection: close\r\n\r\nhello");
            assertThat(origin.onlyHead())
                    .isEqualTo("GET /p?q=%20&r HTTP/1.1\r\nhost: " + HOST + ":"
                            + http.origin().port() + "\r\nX-B: \u00e9\r\n\r\n");
        }
    }

    @Test
    void post_withALength_isForwardedByteForByte() throws Exception {
        Keeping origin = answering(head -> HELLO);
        try (PlainHttp http = PlainHttp.to(origin);
                RawClient client = http.client()) {
            client.send(http.head("POST", "/", "Content-Length: 6") + "ab\r\n\0\u00ff");

            assertThat(client.read(HELLO.length())).asString(ISO_8859_1).isEqualTo(HELLO);
            assertThat(origin.onlyHead()).endsWith("\r\ncontent-length: 6\r\n\r\n");
            assertThat(origin.bodies()).containsExactly(new Body("ab\r\n\0\u00ff", ""));
        }
    }

    @Test
    void chunkedBodies_passBothWays_withTheirTrailers() throws Exception {
        Keeping origin = answering(
                head -> CHUNKED + "4\r\nwiki\r\n5;ext=1\r\npedia\r\n0\r\nX-Sum: 9\r\nX-Smokescreen-Error: x\r\n\r\n");
        try (PlainHttp http = PlainHttp.to(origin);
                RawClient client = http.client()) {
            client.send(http.head("POST", "/", "Transfer-Encoding: chunked"))
                    .send("3\r\nabc\r\n1\r\nd\r\n0\r\nX-Md5: 1\r\nContent-Length: 4\r\nX-Smokescreen-Role: r\r\n\r\n");
            String head = client.readHead();

            assertThat(head).isEqualTo("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            assertThat(PlainHttp.body(head, client)).isEqualTo(new Body("wikipedia", "X-Sum: 9\r\n"));
            assertThat(origin.bodies()).containsExactly(new Body("abcd", "X-Md5: 1\r\n"));
        }
    }

    @Test
    void chunkedPost_reachesTheOriginPieceByPiece() throws Exception {
        TestOrigin.Behaviour echoOfEachPiece = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            connection.getOutputStream().write(CHUNKED.getBytes(ISO_8859_1));
            TestOrigin.echo(connection);
        };
        try (PlainHttp http = PlainHttp.to(echoOfEachPiece);
                RawClient client = http.client()) {
            client.send(http.head("POST", "/", "Transfer-Encoding: chunked")).send("1\r\na\r\n");
            client.readHead();
            assertThat(client.read(6)).asString().isEqualTo("1\r\na\r\n");

            client.send("2\r\nbc\r\n");
            assertThat(client.read(7)).asString().isEqualTo("2\r\nbc\r\n");

            client.send("0\r\n\r\n");
            assertThat(client.read(5)).asString().isEqualTo("0\r\n\r\n");
        }
    }

    @Test
    void bodilessAnswers_keepTheConnectionInStep() throws Exception {
        Keeping origin = answering(head -> {
            if (head.startsWith("HEAD")) {
                return "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
            }
            return head.contains("/204")
                    ? "HTTP/1.1 204 No Content\r\n\r\n"
                    : "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 1000\r\n\r\n";
        });
        try (PlainHttp http = PlainHttp.to(origin);
                RawClient client = http.client()) {
            client.send(http.head("HEAD", "/"));
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
            client.send(http.get("/204"));
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 204 No Content\r\n\r\n");
            client.send(http.get("/304"));
            assertThat(client.readHead())
                    .isEqualTo("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\ncontent-length: 1000\r\n\r\n");
            client.send(http.head("HEAD", "/"));
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(http.origin().accepted()).isEqualTo(1);
        }
    }

    @Test
    void headAnsweredAsChunked_getsNoChunk() throws Exception {
        Keeping origin = answering(head -> head.startsWith("HEAD") ? CHUNKED : HELLO);
        try (PlainHttp http = PlainHttp.to(origin);
                RawClient client = http.client()) {
            client.send(http.head("HEAD", "/") + http.get("/"));
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(client.read(HELLO.length())).asString().isEqualTo(HELLO);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Accept: x", "Connection: keep-alive"})
    void http10Client_getsPlainBytesAndTheEnd(String field) throws Exception {
        Keeping origin = answering(head -> CHUNKED + "4\r\nwiki\r\n5\r\npedia\r\n0\r\nX-Sum: 9\r\n\r\n");
        try (PlainHttp http = PlainHttp.to(origin);
                RawClient client = http.client()) {
            client.send("GET " + http.url("/") + " HTTP/1.0\r\n" + field + "\r\n\r\n");
            assertThat(client.readAllText()).isEqualTo("HTTP/1.0 200 OK\r\nconnection: close\r\n\r\nwikipedia");
            assertThat(origin.onlyHead()).startsWith("GET / HTTP/1.1\r\nhost: " + HOST + ":");
        }
    }

    @Test
    void answerWithoutALength_isChunkedForHttp11_soThatItsEndShows() throws Exception {
        TestOrigin.Behaviour untilClose = TestOrigin.answering("HTTP/1.0 200 OK\r\n\r\nall of it");
        try (PlainHttp http = PlainHttp.to(untilClose);
                RawClient client = http.client()) {
            client.send(http.get("/"));
            String head = client.readHead();
            assertThat(head).isEqualTo("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            assertThat(PlainHttp.body(head, client).content()).isEqualTo("all of it");
        }
    }

    @Test
    void oneConnection_carriesManyRequests_andClosesWhenAsked() throws Exception {
        AtomicInteger number = new AtomicInteger();
        Keeping origin = answering(head -> "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + number.incrementAndGet());
        try (PlainHttp http = PlainHttp.to(origin);
                RawClient client = http.client()) {
            for (int i = 1; i <= 3; i++) {
                client.send(http.get("/" + i));
                assertThat(PlainHttp.body(client.readHead(), client).content()).isEqualTo("" + i);
            }
            client.send(http.get("/", "Connection: Close"));
            assertThat(client.readAllText())
                    .contains("\r\nconnection: close\r\n")
                    .endsWith("\r\n\r\n4");
            await().until(() -> http.proxy().decisions().size() == 4);
            await().until(() -> http.requestsInWork() == 0);
        }
    }

    @Test
    void pipelinedRequests_areAnsweredInOrder_oneInWork() throws Exception {
        AtomicInteger inWork = new AtomicInteger();
        TestOrigin.Behaviour oneAtATime = connection -> {
            for (int i = 1; i <= 50; i++) {
                String head = TestOrigin.readHead(connection.getInputStream());
                assertThat(inWork.incrementAndGet()).isEqualTo(1);
                assertThat(connection.getInputStream().available()).isZero();
                String path = head.substring("GET ".length(), head.indexOf(" HTTP"));
                inWork.decrementAndGet();
                connection
                        .getOutputStream()
                        .write(("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path)
                                .getBytes(ISO_8859_1));
            }
        };
        try (PlainHttp http = PlainHttp.to(oneAtATime);
                RawClient client = http.client()) {
            client.send(IntStream.rangeClosed(1, 50)
                    .mapToObj(i -> http.get("/" + i))
                    .collect(Collectors.joining()));
            for (int i = 1; i <= 50; i++) {
                assertThat(PlainHttp.body(client.readHead(), client).content()).isEqualTo("/" + i);
            }
            assertThat(http.origin().failures()).isEmpty();
        }
    }

    @Test
    void answerBeforeTheBodyIsComplete_reachesTheClient_andEndsItsConnection() throws Exception {
        TestOrigin.Behaviour tooLarge = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig".getBytes(ISO_8859_1));
            connection.getInputStream().readAllBytes();
        };
        try (PlainHttp http = PlainHttp.to(tooLarge);
                RawClient client = http.client()) {
            client.send(http.head("POST", "/", "Content-Length: 1000000") + "begin");
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 413 Too Large\r\n")
                    .endsWith("\r\n\r\nbig");
            await().until(() -> http.proxy().closes().size() == 1);
            await().until(() -> http.requestsInWork() == 0);
        }
    }
}
