package io.smokescreen.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.smokescreen.api.Destination;
import io.smokescreen.api.NextHop;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "CONNECT, A.test.:443, a.test:443, A.test.:443, ''",
        "GET, http://a.test/p?q=%2f, a.test:80, a.test, /p?q=%2f",
        "GET, HTTP://A.test:8080/, a.test:8080, A.test:8080, /",
        "GET, http://a.test, a.test:80, a.test, /",
        "GET, http://a.test?q, a.test:80, a.test, /?q",
        "GET, 'http://a.test/<>\"{}|\\^`', a.test:80, a.test, '/<>\"{}|\\^`'",
        "GET, http://a.test//b.test@c, a.test:80, a.test, //b.test@c",
        "OPTIONS, http://a.test, a.test:80, a.test, *",
        "OPTIONS, http://a.test/, a.test:80, a.test, /",
        "GET, http://[2001:db8::1]:81/x, [2001:db8::1]:81, [2001:db8::1]:81, /x",
        "GET, https://a.test/, a.test:443, a.test, /",
        "GET, HTTPS://A.test:8443?q, a.test:8443, A.test:8443, /?q",
        "OPTIONS, https://a.test, a.test:443, a.test, *",
    })
    void target_isTakenApart(String method, String uri, String destination, String authority, String path) {
        Request request = request(method + " " + uri + " HTTP/1.1\nHost: other.test\n");

        assertThat(request.method().name()).isEqualTo(method);
        assertThat(request.isConnect()).isEqualTo(method.equals("CONNECT"));
        assertThat(request.destination()).hasToString(destination);
        assertThat(request.authority()).isEqualTo(authority);
        assertThat(request.pathAndQuery()).isEqualTo(path);
        assertThat(request.isSecure()).isEqualTo(uri.toLowerCase(Locale.ROOT).startsWith("https:"));
    }

    @ParameterizedTest(name = "{0} {1}, Host: {2}")
    @CsvSource({
        "GET, /p?q=%2f, a.test, a.test:8443, a.test, /p?q=%2f", // the port of the tunnel, as the client leaves it out
        "GET, /, A.test., a.test:8443, A.test., /",
        "GET, /, a.test:8443, a.test:8443, a.test:8443, /",
        "GET, /, a.test:443, a.test:443, a.test:443, /",
        "GET, /, b.test, b.test:443, b.test, /",
        "GET, /, b.test:8443, b.test:8443, b.test:8443, /",
        "GET, /, [::443], [::443]:443, [::443], /",
        "GET, //c.test/p, a.test, a.test:8443, a.test, //c.test/p",
        "GET, https://c.test/p, a.test, c.test:443, c.test, /p",
        "OPTIONS, https://c.test, a.test, c.test:443, c.test, *",
    })
    void innerRequest_goesWhereItsOwnHeadSays(
            String method, String uri, String host, String destination, String authority, String path) {
        ParseResult parsed = parseInner(method + " " + uri + " HTTP/1.1\nHost: " + host + "\n");

        assertThat(parsed).isInstanceOf(Request.class);
        Request request = (Request) parsed;
        assertThat(request.destination()).hasToString(destination);
        assertThat(request.authority()).isEqualTo(authority);
        assertThat(request.pathAndQuery()).isEqualTo(path);
        assertThat(request.isSecure()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            OPTIONS * HTTP/1.1~Host: a.test               | BAD_TARGET
            GET * HTTP/1.1~Host: a.test                   | BAD_TARGET
            GET p HTTP/1.1~Host: a.test                   | BAD_TARGET
            GET http://a.test/ HTTP/1.1~Host: a.test      | INSECURE_IN_TUNNEL
            GET ftp://a.test/ HTTP/1.1~Host: a.test       | UNSUPPORTED_SCHEME
            CONNECT a.test:443 HTTP/1.1~Host: a.test:443  | UNSUPPORTED_METHOD
            connect a.test:443 HTTP/1.1~Host: a.test:443  | UNSUPPORTED_METHOD
            TRACE / HTTP/1.1~Host: a.test                 | UNSUPPORTED_METHOD
            GET / HTTP/1.1                                | BAD_HOST
            GET / HTTP/1.0                                | BAD_HOST
            GET / HTTP/1.1~Host: a.test~Host: b.test      | BAD_HOST
            GET / HTTP/1.1~Host: user@a.test              | BAD_HOST
            GET https://user@a.test/ HTTP/1.1~Host: a.test | BAD_AUTHORITY
            """)
    void innerRequestThatNamesNoOrigin_isMalformed(String head, Malformation expected) {
        assertThat(parseInner(head.replace('~', '\n') + "\n")).isEqualTo(new Malformed(expected));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "GET ftp://a.test/, UNSUPPORTED_SCHEME",
        "GET p, BAD_TARGET",
        "GET http:/a.test/, BAD_TARGET",
        "GET http:\\\\a.test\\, BAD_TARGET",
        "GET mailto:a@a.test, BAD_TARGET",
        "GET a.test:80, BAD_TARGET",
        "GET http:///p, BAD_AUTHORITY",
        "GET http://, BAD_AUTHORITY",
        "GET http://?q, BAD_AUTHORITY",
        "GET http://user@a.test/, BAD_AUTHORITY",
        "GET http://@a.test/, BAD_AUTHORITY",
        "GET http://a.test:/p, BAD_AUTHORITY",
        "GET http://a.test\\@b.test/, BAD_AUTHORITY",
        "CONNECT a.test, BAD_AUTHORITY",
        "CONNECT http://a.test:443, BAD_AUTHORITY",
        "CONNECT a.test:443/, BAD_AUTHORITY",
        "CONNECT /, BAD_AUTHORITY",
        "CONNECT *, BAD_AUTHORITY",
        "connect a.test:443, UNSUPPORTED_METHOD",
        "Connect http://a.test/, UNSUPPORTED_METHOD",
        "TRACE http://a.test/, UNSUPPORTED_METHOD",
    })
    void badTarget_isMalformed(String line, Malformation expected) {
        assertThat(parse(line + " HTTP/1.1\nHost: a.test\n")).isEqualTo(new Malformed(expected));
    }

    @ParameterizedTest
    @CsvSource({"GET, /healthcheck", "GET, //a.test/", "OPTIONS, *", "GET, *", "POST, /p?q"})
    void originForm_isNotAProxyRequest(String method, String target) {
        assertThat(parse(method + " " + target + " HTTP/1.1\nHost: a.test\n"))
                .isEqualTo(new NotProxyRequest(HttpMethod.valueOf(method), target));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            HTTP/1.1                                     | BAD_HOST
            HTTP/1.1~Host:                               | BAD_HOST
            HTTP/1.1~Host: a.test~Host: a.test           | BAD_HOST
            HTTP/1.1~Host: a.test, b.test                | BAD_HOST
            HTTP/1.1~Host: user@a.test                   | BAD_HOST
            HTTP/1.1~Host: a.test:99999                  | BAD_HOST
            HTTP/1.1~Host: [a.test]                      | BAD_HOST
            HTTP/1.0~Host: a.test~Host: a.test           | BAD_HOST
            HTTP/1.0~Host: a b                           | BAD_HOST
            HTTP/1.1~Host: a.test~Expect: 200-maybe      | UNSUPPORTED_EXPECTATION
            HTTP/1.1~Host: a.test~X-Upstream-Https-Proxy: a~X-Upstream-Https-Proxy: b | REPEATED_CONTROL_FIELD
            """)
    void badField_isMalformed(String rest, Malformation expected) {
        assertThat(parse("GET http://a.test/ " + rest.replace("~", "\n") + "\n"))
                .isEqualTo(new Malformed(expected));
    }

    @Test
    void hostIsOptionalInHttp10() {
        assertThat(request("GET http://a.test/ HTTP/1.0\n").destination()).hasToString("a.test:80");
    }

    @Test
    void connectWithABody_isMalformed() {
        String connect = "CONNECT a.test:443 HTTP/1.1\nHost: a.test\n";
        Malformed expected = new Malformed(Malformation.CONNECT_WITH_BODY);
        assertThat(parse(connect + "Content-Length: 5\n")).isEqualTo(expected);
        assertThat(parse(connect + "Transfer-Encoding: chunked\n")).isEqualTo(expected);
        assertThat(parse(connect + "Content-Length: 0\n")).isInstanceOf(Request.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            HTTP/1.1 | X: y                              | true
            HTTP/1.1 | Connection: keep-alive            | true
            HTTP/1.1 | Connection: x,CLOSE               | false
            HTTP/1.1 | Connection: x~Connection: close   | false
            HTTP/1.0 | X: y                              | false
            HTTP/1.0 | Connection: keep-alive            | false
            """)
    void keepAlive_followsTheVersionAndConnection(String version, String fields, boolean expected) {
        String head = "GET http://a.test/ " + version + "\nHost: a.test\n" + fields.replace("~", "\n") + "\n";
        assertThat(request(head).keepAlive()).isEqualTo(expected);
    }

    @Test
    void expectContinue_needsABodyAndHttp11() {
        String expect = "Host: a.test\nExpect: 100-Continue\n";
        assertThat(request("POST http://a.test/ HTTP/1.1\nContent-Length: 4\n" + expect)
                        .expectContinue())
                .isTrue();
        assertThat(request("POST http://a.test/ HTTP/1.1\n" + expect).expectContinue())
                .isFalse();
        assertThat(request("POST http://a.test/ HTTP/1.0\nContent-Length: 4\n" + expect)
                        .expectContinue())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET  | HTTP/1.1 | Upgrade             | WebSocket | true
            GET  | HTTP/1.1 | keep-alive, upgrade | websocket | true
            GET  | HTTP/1.1 | keep-alive          | websocket | false
            GET  | HTTP/1.1 | upgrade             | h2c       | false
            GET  | HTTP/1.0 | upgrade             | websocket | false
            POST | HTTP/1.1 | upgrade             | websocket | false
            """)
    void webSocketUpgrade_isTheOnlyOneHonoured(
            String method, String version, String connection, String upgrade, boolean expected) {
        String line = method + " http://a.test/ " + version + "\nHost: a.test\n";
        String fields = "Connection: " + connection + "\nUpgrade: " + upgrade + "\n";
        assertThat(request(line + fields).webSocketUpgrade()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"p.test:1", "http://p.test:1/a", "socks5://p.test:1", "http://u:%@p.test", "direct"})
    void nextHopThatIsNoUrl_isInvalid_notAbsent(String url) {
        Request request = request("CONNECT a.test:443 HTTP/1.1\nHost: a.test\nX-Upstream-Https-Proxy: " + url + "\n");

        assertThat(request.hasInvalidNextHop()).isTrue();
        assertThat(request.nextHop()).isEmpty();
        assertThat(request.without(Set.of("x-upstream-https-proxy")).hasInvalidNextHop())
                .isTrue();
    }

    @Test
    void controlFields_areRead() {
        Request bare = request("CONNECT a.test:443 HTTP/1.1\nHost: a.test\n");
        assertThat(bare.traceId()).isEmpty();
        assertThat(bare.nextHop()).isEmpty();
        assertThat(bare.hasInvalidNextHop()).isFalse();

        Request full = request("""
                CONNECT a.test:443 HTTP/1.1
                Host: a.test
                x-smokescreen-trace-id: t1
                X-Smokescreen-Trace-ID: t2
                x-upstream-https-proxy: http://p.test:1
                """);
        assertThat(full.traceId()).isEqualTo("t1");
        assertThat(full.nextHop()).contains(NextHop.parse("http://p.test:1"));
        assertThat(full.hasInvalidNextHop()).isFalse();
        assertThat(full.headerView().all("X-SMOKESCREEN-TRACE-ID")).containsExactly("t1", "t2");
        assertThat(full.headerView().all("none")).isEmpty();
    }

    @Test
    void failedHead_isMalformed_whateverItLooksLike() {
        DefaultHttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, "http://a.test/");
        head.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("from elsewhere")));
        assertThat(RequestParser.parse(head)).isEqualTo(new Malformed(Malformation.REFUSED_BY_CODEC));
    }

    private static Request request(String head) {
        assertThat(parse(head)).isInstanceOf(Request.class);
        return (Request) parse(head);
    }

    /** A request inside of a tunnel to a.test:8443. */
    private static ParseResult parseInner(String head) {
        try (ClientStream client = ClientStream.manual()) {
            client.send(head.replace("\n", "\r\n") + "\r\n");
            assertThat(client.heads()).hasSize(1);
            return RequestParser.parseInner(client.heads().get(0), Destination.of("a.test", 8443));
        }
    }

    /** Through the decoder, as in production; lines end in LF here. */
    private static ParseResult parse(String head) {
        try (ClientStream client = ClientStream.manual()) {
            client.send(head.replace("\n", "\r\n") + "\r\n");
            assertThat(client.requests()).hasSize(1);
            return client.requests().get(0);
        }
    }
}
