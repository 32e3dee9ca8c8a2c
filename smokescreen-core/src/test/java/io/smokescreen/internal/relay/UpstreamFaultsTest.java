package io.smokescreen.internal.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** "Upstream (plain HTTP)" of the hardening table, a test for each row. */
class UpstreamFaultsTest {

    private static final String OK_CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    @Test
    void acceptsAndNeverAnswers() throws Exception {
        try (PlainHttp http = PlainHttp.to(
                        connection -> connection.getInputStream().readAllBytes(),
                        PlainHttp.stallingFor(Duration.ofMillis(200)));
                RawClient client = http.client()) {
            assertThat(client.send(http.get("/")).readHead())
                    .startsWith("HTTP/1.1 504 Gateway timeout\r\n")
                    .contains(
                            "\r\nX-Smokescreen-Error: Timed out waiting for the remote host: the origin did not answer"
                                    + " in time\r\nX-Smokescreen-Error-Code: upstream-timeout\r\n");
            assertEnded(http, "the origin did not answer in time");
        }
    }

    @Test
    void closesBeforeAStatus() throws Exception {
        TestOrigin.Behaviour closing = connection -> TestOrigin.readHead(connection.getInputStream());
        try (PlainHttp http = PlainHttp.to(closing);
                RawClient client = http.client()) {
            assertThat(client.send(http.get("/")).readHead())
                    .startsWith("HTTP/1.1 502 Bad gateway\r\n")
                    .contains("\r\nX-Smokescreen-Error: Invalid response from the remote host: the origin closed the"
                            + " connection without an answer\r\n");
            assertEnded(http, "the origin closed the connection without an answer");
        }
    }

    @Test
    void resetsBeforeAStatus() throws Exception {
        TestOrigin.Behaviour resetting = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            connection.setSoLinger(true, 0);
        };
        try (PlainHttp http = PlainHttp.to(resetting);
                RawClient client = http.client()) {
            assertThat(client.send(http.get("/")).readHead())
                    .startsWith("HTTP/1.1 502 Bad gateway\r\n")
                    .contains("\r\nX-Smokescreen-Error: Invalid response from the remote host: the connection to the"
                            + " origin failed\r\n");
            assertEnded(http, "the connection to the origin failed");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 100\r\n\r\nhello",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
                "Transfer-Encoding: chunked\r\n\r\n9\r\nhello",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n-1\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nffffffffffffffff1\r\n",
            })
    void cutsOrBreaksABody(String answer) throws Exception {
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering(OK + answer));
                RawClient client = http.client()) {
            assertThat(client.send(http.get("/")).readHead()).startsWith(OK);
            assertCutHard(client);
            assertEnded(http, "the origin's response was cut off or is malformed");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 100\r\n\r\nhello",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "\r\nhello"
            })
    void resetsInABody(String answer) throws Exception {
        try (PlainHttp http = PlainHttp.to(connection -> {
                    TestOrigin.readHead(connection.getInputStream());
                    connection.getOutputStream().write((OK + answer).getBytes(ISO_8859_1));
                    connection.getInputStream().read(); // until the client has the beginning
                    connection.setSoLinger(true, 0);
                });
                RawClient client = http.client()) {
            client.send(http.head("POST", "/", "Content-Length: 10"));
            String head = client.readHead();
            assertThat(head).startsWith(OK);
            String first = head.contains("chunked") ? "5\r\nhello\r\n" : "hello";
            assertThat(client.read(first.length())).asString().isEqualTo(first);
            client.send("x");
            assertCutHard(client);
            await().until(() -> http.proxy().closes().size() == 1);
        }
    }

    @Test
    void http10Client_isCutHardToo() throws Exception {
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering(OK_CHUNKED + "5\r\nhello\r\n"));
                RawClient client = http.client()) {
            client.send("GET " + http.url("/") + " HTTP/1.0\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.0 200 OK\r\n");
            assertCutHard(client);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // two lengths, length and coding
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
                // status lines
                "<html>0.9</html>\n",
                "\0\u0001\u0002\u00ff",
                "SSH-2.0-OpenSSH_9.6\r\n",
                "HTTP/1.1 0200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 20 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 600 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 -20 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "http/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                // fields
                "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nX: a\rY: b\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
                "HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nX: a\0\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", // ends in the middle
            })
    void answersWhatIsNoResponse(String answer) throws Exception {
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering(answer));
                RawClient client = http.client()) {
            assertThat(client.send(http.get("/")).readHead())
                    .startsWith("HTTP/1.1 502 Bad gateway\r\n")
                    .contains("\r\nX-Smokescreen-Error: Invalid response from the remote host: the origin's response is"
                            + " malformed\r\nX-Smokescreen-Error-Code: upstream-invalid-response\r\n");
            assertEnded(http, "the origin's response is malformed");
        }
    }

    @Test
    void refusalKeepsTheClientsConnection() throws Exception {
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering("garbage\r\n\r\n"));
                RawClient client = http.client()) {
            for (int i = 0; i < 3; i++) {
                String head = client.send(http.head("POST", "/", "Content-Length: 1") + "x")
                        .readHead();
                assertThat(head).startsWith("HTTP/1.1 502 Bad gateway\r\n");
                assertThat(PlainHttp.body(head, client).content()).startsWith("Invalid response");
            }
            await().until(() -> http.requestsInWork() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2_000_000, 12_000_000})
    void sendsAHugeHead(int size) throws Exception {
        String head = "HTTP/1.1 200 OK\r\nX: " + "a".repeat(size) + "\r\nContent-Length: 0\r\n\r\n";
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering(head));
                RawClient client = http.client()) {
            assertThat(client.send(http.get("/")).readHead()).startsWith("HTTP/1.1 502 Bad gateway\r\n");
        }
    }

    @Test
    void sendsManyFields() throws Exception {
        String head = "HTTP/1.1 200 OK\r\n" + "X: a\r\n".repeat(201) + "Content-Length: 0\r\n\r\n";
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering(head));
                RawClient client = http.client()) {
            assertThat(client.send(http.get("/")).readHead()).startsWith("HTTP/1.1 502 Bad gateway\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nbody",
                "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nbody",
                "HTTP/1.1 205 Reset Content\r\nContent-Length: 4\r\n\r\nbody",
            })
    void sendsABodyWhereNoneMayBe(String answer) throws Exception {
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering(answer))) {
            String received = http.answerTo(http.get("/", "Connection: close"));
            assertThat(received).startsWith(answer.substring(0, 12)).endsWith("\r\n\r\n");
            await().until(() -> http.proxy().closes().size() == 1);
        }
    }

    @Test
    void answersHeadWithABody() throws Exception {
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"))) {
            assertThat(http.answerTo(http.head("HEAD", "/", "Connection: close")))
                    .isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\n");
            await().until(() -> http.proxy().closes().size() == 1);
        }
    }

    @Test
    void forgesTheProxysOwnField() throws Exception {
        String answer = """
                HTTP/1.1 200 OK\r
                X-Smokescreen-Error: forged\r
                x_smokescreen_error: forged\r
                X-SMOKESCREEN-ERROR-CODE: forged\r
                Content-Length: 0\r
                \r
                """;
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering(answer))) {
            assertThat(http.answerTo(http.get("/", "Connection: close")))
                    .startsWith(OK)
                    .doesNotContainIgnoringCase("smokescreen")
                    .doesNotContain("forged");
        }
    }

    @Test
    void endsAnAnswerWithoutALengthByClosing() throws Exception {
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering("HTTP/1.1 200 OK\r\n\r\nall"))) {
            assertThat(http.answerTo(http.get("/", "Connection: close")))
                    .endsWith("\r\nconnection: close\r\n\r\n3\r\nall\r\n0\r\n\r\n");
            assertEnded(http, "");
        }
    }

    /** What came is passed on, then RST: no FIN that could be taken for the end. */
    private static void assertCutHard(RawClient client) {
        assertThatThrownBy(client::readAll)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("reset");
    }

    private static void assertEnded(PlainHttp http, String error) {
        await().until(() -> http.proxy().closes().size() == 1);
        assertThat(http.proxy().closes().get(0)).containsAllEntriesOf(Map.of("proxy_type", "http", "error", error));
        assertThat(http.proxy().decisions()).hasSize(1);
        await().until(() -> http.requestsInWork() == 0);
    }
}
