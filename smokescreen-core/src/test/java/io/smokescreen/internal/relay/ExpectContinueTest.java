package io.smokescreen.internal.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interim responses, the one a client waits for and those it does not (RFC 9110 §15.2). */
class ExpectContinueTest {

    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
    private static final String HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    @Test
    void continue_isPassedOn_andThenTheBody() throws Exception {
        TestOrigin.Behaviour continuing = connection -> {
            while (TestOrigin.readHead(connection.getInputStream()).contains("Expect: 100-continue\r\n")) {
                write(connection, CONTINUE);
                assertThat(connection.getInputStream().readNBytes(4)).asString().isEqualTo("body");
                write(connection, OK);
            }
        };
        try (PlainHttp http = PlainHttp.to(continuing);
                RawClient client = http.client()) {
            for (int i = 0; i < 2; i++) {
                client.send(http.head("POST", "/", "Content-Length: 4", "Expect: 100-continue"));
                assertThat(client.readHead()).isEqualTo(CONTINUE);
                client.send("body");
                assertThat(client.read(OK.length())).asString().isEqualTo(OK);
            }
            assertThat(http.origin().failures()).isEmpty();
            assertThat(http.origin().accepted()).isEqualTo(1);
        }
    }

    @Test
    void finalAnswerInsteadOfContinue_endsTheConnection_asTheBodyNeverComes() throws Exception {
        String refusal = "HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno";
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering(refusal));
                RawClient client = http.client()) {
            client.send(http.head("POST", "/", "Content-Length: 4", "Expect: 100-continue"));
            assertThat(client.readAllText())
                    .isEqualTo("HTTP/1.1 417 No\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno");
        }
    }

    @Test
    void silenceInsteadOfContinue_theClientMaySendTheBodyAnyway() throws Exception {
        try (PlainHttp http = PlainHttp.to(PlainHttp.answering(head -> OK));
                RawClient client = http.client()) {
            for (int i = 0; i < 2; i++) {
                client.send(http.head("POST", "/", "Content-Length: 4", "Expect: 100-continue"))
                        .send("body");
                assertThat(client.read(OK.length())).asString().isEqualTo(OK);
            }
        }
    }

    @Test
    void earlyHints_arePassedToHttp11() throws Exception {
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering(HINTS + HINTS + OK));
                RawClient client = http.client()) {
            client.send(http.get("/"));
            String expected = HINTS + HINTS + OK;
            assertThat(client.read(expected.length())).asString().isEqualTo(expected);
        }
    }

    @Test
    void earlyHints_areNotForHttp10() throws Exception {
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering(HINTS + OK));
                RawClient client = http.client()) {
            client.send("GET " + http.url("/") + " HTTP/1.0\r\n\r\n");
            assertThat(client.readAllText()).startsWith("HTTP/1.0 200 OK\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 17 /* just too many */, 20})
    void interimAnswers_areBounded(int count) throws Exception {
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering(CONTINUE.repeat(count) + OK))) {
            String answer = http.answerTo(http.get("/", "Connection: close"));
            assertThat(answer).startsWith(CONTINUE.repeat(16));
            assertThat(answer.substring(16 * CONTINUE.length()))
                    .startsWith(count == 16 ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 502 Bad gateway\r\n");
        }
    }

    private static void write(Socket connection, String text) throws java.io.IOException {
        connection.getOutputStream().write(text.getBytes(ISO_8859_1));
    }
}
