package io.smokescreen.internal.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseDecoderTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nBODY";

    @Test
    void responseWithLength_endsCleanly() {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            assertThat(server.send(OK).events()).containsExactly("200 OK", "body BODY", "end");
            assertThat(server.decoder().cleanlyFinished()).isTrue();
            assertThat(server.decoder().framing()).isEqualTo(Framing.ofLength(4));
            assertThat(server.decoder().expectResponseTo(HttpMethod.GET)).isTrue();
            assertThat(server.send(OK).events()).containsExactly("200 OK", "body BODY", "end");
        }
    }

    @Test
    void chunkedResponse_endsCleanly_withItsTrailers() {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n4\r\nBODY\r\n0\r\nX: y\r\n\r\n");
            assertThat(server.events()).containsExactly("200 OK", "body BODY", "end [X=y]");
            assertThat(server.decoder().cleanlyFinished()).isTrue();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "HEAD, HTTP/1.1 200 OK~Content-Length: 5~~",
        "HEAD, HTTP/1.1 200 OK~Transfer-Encoding: chunked~~",
        "HEAD, HTTP/1.1 200 OK~~",
        "GET, HTTP/1.1 204 No Content~~",
        "GET, HTTP/1.1 304 Not Modified~Content-Length: 5~~",
        "GET, HTTP/1.1 200 OK~Content-Length: 0~~",
        "GET, HTTP/1.1 200~Content-Length: 0~~",
        "GET, HTTP/1.0 200 ~Content-Length: 0~Connection: keep-alive~~",
    })
    void responseWithoutBody_endsAtItsHead(String method, String raw) {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.valueOf(method))) {
            assertThat(server.send(raw.replace("~", "\r\n")).events())
                    .hasSize(2)
                    .last()
                    .isEqualTo("end");
            assertThat(server.decoder().cleanlyFinished()).isTrue();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK~Content-Length: 0~Connection: close~~",
                "HTTP/1.0 200 OK~Content-Length: 0~~",
                "HTTP/1.1 200 OK~Content-Length: 0~~extra",
                "HTTP/1.1 204 No Content~~BODY",
                "HTTP/1.1 304 Not Modified~~BODY",
            })
    void connectionThatCannotBeReused_isNotCleanlyFinished(String raw) {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            assertThat(server.send(raw.replace("~", "\r\n")).events())
                    .hasSize(2)
                    .last()
                    .isEqualTo("end");
            assertThat(server.decoder().cleanlyFinished()).isFalse();
        }
    }

    @Test
    void bytesAfterTheResponse_areDropped_andEndTheReuse() {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            server.send(OK);
            assertThat(server.decoder().cleanlyFinished()).isTrue();
            assertThat(server.send(OK).events()).containsExactly("200 OK", "body BODY", "end");
            assertThat(server.decoder().cleanlyFinished()).isFalse();
            assertThat(server.decoder().expectResponseTo(HttpMethod.GET)).isFalse();
        }
    }

    @Test
    void serverThatSpeaksUnasked_isNotAsked() {
        try (ServerStream server = ServerStream.notAsked()) {
            assertThat(server.send("220 mail.test ESMTP\r\n").events()).isEmpty();
            assertThat(server.decoder().expectResponseTo(HttpMethod.GET)).isFalse();
        }
    }

    @Test
    void secondExpectation_beforeTheEnd_isABug() {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            assertThatThrownBy(() -> server.decoder().expectResponseTo(HttpMethod.GET))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void interimResponses_areHeadsAlone() {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.HEAD)) {
            server.send(
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
            assertThat(server.events()).containsExactly("100 Continue", "103 Early Hints", "200 OK", "end");
        }
    }

    @Test
    void interimResponses_haveALimit() {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            server.send("HTTP/1.1 100 Continue\r\n\r\n".repeat(17) + OK);
            assertThat(server.events()).hasSize(17).last().isEqualTo("broken head: TOO_MANY_INTERIM_RESPONSES");
        }
    }

    @ParameterizedTest
    @CsvSource({"GET, 101", "CONNECT, 200"})
    void whatFollowsASwitch_staysRaw(String method, int status) {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.valueOf(method))) {
            server.send("HTTP/1.1 " + status + " Go\r\nUpgrade: websocket\r\n\r\nHTTP/1.1 frames")
                    .shutDownOutput();
            assertThat(server.events()).containsExactly(status + " Go");
            server.channel().pipeline().remove(server.decoder());
            assertThat(server.events()).containsExactly("raw HTTP/1.1 frames");
        }
    }

    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource(delimiter = '|', textBlock = """
            HTTP/0.9 200 OK                                         | BAD_VERSION
            HTTP/2.0 200 OK                                         | BAD_VERSION
            http/1.1 200 OK                                         | BAD_VERSION
            <html>                                                  | BAD_VERSION
            HTTP/1.1 0200 OK                                        | BAD_START_LINE
            HTTP/1.1 2000 OK                                        | BAD_START_LINE
            HTTP/1.1 099 OK                                         | BAD_START_LINE
            HTTP/1.1 600 OK                                         | BAD_START_LINE
            HTTP/1.1 20x OK                                         | BAD_START_LINE
            HTTP/1.1  200 OK                                        | BAD_START_LINE
            HTTP/1.1 200 O\0K                                       | BAD_START_LINE
            HTTP/1.1 200 OK~X: y~ z~~                               | BAD_FIELD_NAME
            HTTP/1.1 200 OK~X : y~~                                 | BAD_FIELD_NAME
            HTTP/1.1 200 OK~: y~~                                   | BAD_FIELD_NAME
            HTTP/1.1 200 OK~Content-Length: 4~Content-Length: 4~~   | BAD_FRAMING
            HTTP/1.1 200 OK~Content-Length: 4~Content-Length: 5~~   | BAD_FRAMING
            HTTP/1.0 200 OK~Content-Length: 4~Content-Length: 5~~   | BAD_FRAMING
            HTTP/1.1 200 OK~Content-Length: 4, 4~~                  | REFUSED_BY_CODEC
            HTTP/1.1 200 OK~Content-Length: -1~~                    | REFUSED_BY_CODEC
            HTTP/1.1 200 OK~Content-Length: 4~Transfer-Encoding: chunked~~ | REFUSED_BY_CODEC
            HTTP/1.1 200 OK~Content-Length: 4~Transfer-Encoding: gzip~~ | BAD_FRAMING
            HTTP/1.1 200 OK~Transfer-Encoding: gzip~~               | BAD_FRAMING
            HTTP/1.1 200 OK~Transfer-Encoding: gzip, chunked~~      | BAD_FRAMING
            HTTP/1.1 200 OK~Transfer-Encoding: chunked, identity~~  | REFUSED_BY_CODEC
            HTTP/1.0 200 OK~Transfer-Encoding: chunked~~            | REFUSED_BY_CODEC
            """)
    void badHead_isRefused(String raw, Malformation expected) {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            server.send(raw.replace("~", "\r\n").replace("\\0", "\0")).send(OK);
            assertThat(server.events()).containsExactly("broken head: " + expected);
            assertThat(server.decoder().cleanlyFinished()).isFalse();
        }
    }

    @Test
    void bareCarriageReturn_isRefused() {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            server.send("HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n");
            assertThat(server.events()).containsExactly("broken head: BAD_LINE_END");
        }
    }

    @Test
    void hugeHead_isRefusedBeforeItEnds() {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            server.send("HTTP/1.1 200 OK\r\nX: " + "y".repeat(70_000));
            assertThat(server.events()).containsExactly("broken head: FIELDS_TOO_LARGE");
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"Content-Length: 100~~short", "Transfer-Encoding: chunked~~4~BODY~", "Content-Length: 1~~"})
    void cutBody_neverEnds(String rest) {
        String raw = "HTTP/1.1 200 OK\r\n" + rest.replace("~", "\r\n");
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            assertCut(server.send(raw).shutDownOutput());
        }
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            assertCut(server.send(raw).hangUp());
        }
    }

    @Test
    void bodyWithoutLength_endsAtTheServersFin() {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            server.send("HTTP/1.1 200 OK\r\n\r\nall of it").shutDownOutput();
            assertThat(server.events()).containsExactly("200 OK", "body all of it", "end");
            assertThat(server.decoder().cleanlyFinished()).isFalse();
        }
    }

    @Test
    void bodyWithoutLength_endsAtTheClose_whereFinIsNotSeparate() {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            assertThat(server.send("HTTP/1.1 200 OK\r\n\r\n").hangUp().events()).containsExactly("200 OK", "end");
        }
    }

    @Test
    void bodyWithoutLength_isCutByAReset() {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            assertCut(server.send("HTTP/1.1 200 OK\r\n\r\nhalf").reset());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 2", "HTTP/1.1 100 Continue\r\n\r\n"})
    void closeBeforeTheFinalHead_isReported(String raw) {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            assertThat(server.send(raw).shutDownOutput().events()).last().isEqualTo("broken head: TRUNCATED");
        }
    }

    @Test
    void closeOfAnIdleConnection_isNothingToReport() {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            server.send(OK).events();
            assertThat(server.shutDownOutput().events()).isEmpty();
            assertThat(server.decoder().cleanlyFinished()).isFalse();
        }
    }

    @Test
    void closedConnection_isNotCleanlyFinished() {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            server.send(OK).hangUp();
            assertThat(server.decoder().cleanlyFinished()).isFalse();
        }
    }

    @Test
    void splitAnywhere_changesNothing() {
        String raw =
                "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nBODY\r\n0\r\nX: y\r\n\r\n";
        for (int cut = 1; cut < raw.length(); cut++) {
            try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
                List<String> events = server.send(raw.substring(0, cut))
                        .send(raw.substring(cut))
                        .events();
                assertThat(events).containsExactly("100 C", "200 ", "body BODY", "end [X=y]");
                assertThat(server.decoder().cleanlyFinished()).isTrue();
            }
        }
    }

    private static void assertCut(ServerStream server) {
        assertThat(server.events()).doesNotContain("end").last().isEqualTo("broken body: TRUNCATED");
        assertThat(server.decoder().cleanlyFinished()).isFalse();
    }
}
