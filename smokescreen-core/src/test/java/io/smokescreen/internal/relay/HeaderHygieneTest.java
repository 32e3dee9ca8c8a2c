package io.smokescreen.internal.relay;

import static io.smokescreen.internal.relay.PlainHttp.HOST;
import static io.smokescreen.internal.relay.PlainHttp.answering;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.internal.relay.PlainHttp.Body;
import io.smokescreen.internal.relay.PlainHttp.Keeping;
import io.smokescreen.testing.RawClient;
import java.io.ByteArrayOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What origins and clients see of each other's fields, on the wire (design rule 6). */
class HeaderHygieneTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    @Test
    void origin_receivesTheEndToEndFieldsOnly() throws Exception {
        Keeping origin = answering(head -> OK);
        try (PlainHttp http = PlainHttp.to(origin)) {
            http.answerTo("GET http://A.Allowed.Test.:" + http.origin().port() + "/p HTTP/1.1\r\n"
                    + "Host: somewhere.else:81\r\nUser-Agent: me\r\nConnection: close, X-Hop, TE\r\nX-Hop: 1"
                    + "\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nTrailer: X\r\nProxy-Connection: keep-alive"
                    + "\r\nProxy-Authorization: Basic eA==\r\nProxy-Authenticate: x\r\nProxy_Anything: x\r\nProxy: x"
                    + "\r\nX-Smokescreen-Role: admin\r\nX-Smokescreen-Trace-ID: 7\r\nx_smokescreen_role: admin"
                    + "\r\nX-Upstream-Https-Proxy: \r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\nContent_Length: 9"
                    + "\r\nAuthorization: Bearer t\r\nCookie: a=b\r\nVia: 1.1 mine\r\nX-Forwarded-For: 10.0.0.1"
                    + "\r\nAccept-Encoding: gzip, br\r\nRange: bytes=0-1\r\n\r\n");
            assertThat(origin.onlyHead())
                    .isEqualTo("GET /p HTTP/1.1\r\nhost: " + HOST + ":"
                            + http.origin().port()
                            + "\r\nUser-Agent: me\r\nAuthorization: Bearer t\r\nCookie: a=b\r\nVia: 1.1 mine"
                            + "\r\nX-Forwarded-For: 10.0.0.1\r\nAccept-Encoding: gzip, br\r\nRange: bytes=0-1\r\n\r\n");
        }
    }

    @Test
    void client_receivesTheEndToEndFieldsOnly() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nServer: s\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5"
                + "\r\nProxy-Authenticate: Basic\r\nTrailer: X\r\nUpgrade: h2c\r\nX-Smokescreen-Error: x"
                + "\r\nX-Smokescreen-Error-Code: x\r\nX-Smokescreen-Anything: x\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d"
                + "\r\nVia: 1.1 theirs\r\nContent-Length: 0\r\n\r\n";
        try (PlainHttp http = PlainHttp.to(answering(head -> answer));
                RawClient client = http.client()) {
            assertThat(client.send(http.get("/")).readHead())
                    .isEqualTo("HTTP/1.1 200 OK\r\nServer: s\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d"
                            + "\r\nVia: 1.1 theirs\r\ncontent-length: 0\r\n\r\n");
        }
    }

    /** Go drops Accept-Encoding and decodes what comes. */
    @Test
    void codedBody_isUntouched() throws Exception {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write("hello".repeat(1_000).getBytes(ISO_8859_1));
        }
        String body = gzip.toString(ISO_8859_1);
        String head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\ncontent-length: " + body.length() + "\r\n\r\n";
        Keeping origin = answering(request -> head + body);
        try (PlainHttp http = PlainHttp.to(origin);
                RawClient client = http.client()) {
            client.send(http.head(
                            "PUT",
                            "/",
                            "Content-Encoding: gzip",
                            "Content-Length: " + body.length(),
                            "Accept-Encoding: x")
                    + body);
            assertThat(client.readHead()).isEqualTo(head);
            assertThat(client.read(body.length())).asString(ISO_8859_1).isEqualTo(body);
            assertThat(origin.onlyHead()).contains("\r\nContent-Encoding: gzip\r\nAccept-Encoding: x\r\n");
            assertThat(origin.bodies()).containsExactly(new Body(body, ""));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a//b/../c/./d",
                "/%2e%2e/%00%0d%0a",
                "/a;b=c?d=e&f=/?g",
                "/?",
                "/\"<>\\^`{|}",
                "/http://x/",
            })
    void pathAndQuery_goOnAsTheyCame(String path) throws Exception {
        Keeping origin = answering(head -> OK);
        try (PlainHttp http = PlainHttp.to(origin)) {
            http.answerTo(http.get(path, "Connection: close"));
            assertThat(origin.onlyHead()).startsWith("GET " + path + " HTTP/1.1\r\n");
        }
    }

    @Test
    void targetWithoutAPath_isCompleted() throws Exception {
        Keeping origin = answering(head -> OK);
        try (PlainHttp http = PlainHttp.to(origin)) {
            http.answerTo(http.get("", "Connection: close"));
            http.answerTo(http.get("?q", "Connection: close"));
            http.answerTo(http.head("OPTIONS", "", "Connection: close"));
            assertThat(origin.heads())
                    .extracting(head -> head.substring(0, head.indexOf('\r')))
                    .containsExactly("GET / HTTP/1.1", "GET /?q HTTP/1.1", "OPTIONS * HTTP/1.1");
        }
    }
}
