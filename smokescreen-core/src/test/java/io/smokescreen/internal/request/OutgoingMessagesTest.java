package io.smokescreen.internal.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutgoingMessagesTest {

    private static final String GET = "GET http://a.test/ HTTP/1.1\nHost: other.test\n";

    @Test
    void request_isBuiltFromItsParts() {
        HttpRequest out = toOrigin("POST http://A.test.:8080/p?q HTTP/1.0\nX: \u00e9\nContent-Length: 004\nX: 2\n");

        assertThat(out.protocolVersion()).isEqualTo(HttpVersion.HTTP_1_1);
        assertThat(out.uri()).isEqualTo("/p?q");
        assertThat(lines(out.headers())).containsExactly("Host: a.test:8080", "X: \u00e9", "X: 2", "content-length: 4");
    }

    @ParameterizedTest
    @CsvSource({"a.test:80, a.test", "a.test:8080, a.test:8080", "[2001:DB8::1], [2001:db8::1]", "[::1]:81, [::1]:81"})
    void host_isTheDestination(String authority, String expected) {
        HttpRequest out = toOrigin("GET http://" + authority + "/ HTTP/1.1\nHost: other.test:1\n");
        assertThat(out.headers().getAll("Host")).containsExactly(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Keep-Alive: x",
                "TE: trailers",
                "Trailer: X",
                "Upgrade: h2c",
                "HTTP2-Settings: x",
                "Proxy: x",
                "Proxy-Connection: x",
                "Proxy-Authorization: x",
                "proxy-anything: x",
                "X-Smokescreen-Role: x",
                "x-smokescreen-trace-id: x",
                "X_Smokescreen_Role: x",
                "X-Upstream-Https-Proxy: x",
                "Content_Length: 4",
                "Transfer_Encoding: chunked",
                "Proxy_Authorization: x",
                "Connection: close",
                "Connection: x, secret\nSecret: 1\nX: 2",
                "Connection: a\nConnection:\tSECRET \nsecret: 1",
            })
    void whatIsForThisHopOnly_isNotForwarded(String fields) {
        assertThat(lines(toOrigin(GET + fields + "\n").headers())).containsExactly("Host: a.test");
    }

    @Test
    void connection_cannotTakeAwayWhatMustStay() {
        HttpRequest out = toOrigin("""
                POST http://a.test/ HTTP/1.1
                Host: a.test
                Authorization: x
                Content-Length: 4
                Connection: host, authorization, content-length, transfer-encoding
                """);
        assertThat(lines(out.headers())).containsExactly("Host: a.test", "Authorization: x", "content-length: 4");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "X-Tenant: theirs\n",
                "x-tenant: theirs\nX-TENANT: again\n",
                "X_Tenant: theirs\n",
                "X-Tenant: theirs\nConnection: x-tenant\n",
                "Connection: X-Tenant\n",
            })
    void addedField_standsOnceWhateverTheClientSent(String fields) {
        Request request = parse(GET + fields).with(Map.of("X-Tenant", "ours"));

        HttpHeaders out = OutgoingMessages.toOrigin(request, true).headers();

        assertThat(lines(out)).containsExactly("Host: a.test", "X-Tenant: ours");
    }

    @Test
    void addedField_isNoTrailerEither() {
        Request request = parse(GET).with(Map.of("X-Tenant", "ours"));
        DefaultLastHttpContent last = new DefaultLastHttpContent();
        last.trailingHeaders()
                .add("X-Tenant", "theirs")
                .add("X_tenant", "theirs")
                .add("X-Other", "1");

        OutgoingMessages.toOrigin(last, request);

        assertThat(lines(last.trailingHeaders())).containsExactly("X-Other: 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Host", "host", "Content-Length", "content_length", "Transfer-Encoding", "Connection", "Proxy-X"
            })
    void fieldOfTheProxy_cannotBeAdded(String name) {
        Request request = parse(GET);
        assertThatThrownBy(() -> request.with(Map.of(name, "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + name + "' is a header field that the proxy sets itself");
    }

    @Test
    void addedAndWithheldFields_goTogether() {
        Request request = parse(GET + "A: 1\nB: 2\nC: 3\n")
                .without(Set.of("a"))
                .with(Map.of("B", "ours"))
                .without(Set.of("c"));

        assertThat(lines(OutgoingMessages.toOrigin(request, true).headers()))
                .containsExactly("Host: a.test", "B: ours");
    }

    @ParameterizedTest
    @CsvSource({"a.test, a.test", "a.test:443, a.test", "a.test:80, a.test:80", "[::1], [::1]"})
    void hostOverTls_leavesOutItsDefaultPort(String authority, String expected) {
        HttpRequest out = toOrigin("GET https://" + authority + "/ HTTP/1.1\nHost: other.test:1\n");
        assertThat(out.headers().getAll("Host")).containsExactly(expected);
    }

    @Test
    void forwardingFields_areTheClientsOwn() {
        HttpRequest out = toOrigin(GET + "Via: 1.1 mine\nX-Forwarded-For: 10.0.0.1\nAccept-Encoding: gzip\n");
        assertThat(lines(out.headers()))
                .containsExactly("Host: a.test", "Via: 1.1 mine", "X-Forwarded-For: 10.0.0.1", "Accept-Encoding: gzip");
    }

    @Test
    void requestFraming_isOurs() {
        String post = "POST http://a.test/ HTTP/1.1\nHost: a.test\n";
        assertThat(lines(toOrigin(post).headers())).containsExactly("Host: a.test");
        assertThat(lines(toOrigin(post + "Content-Length: 0\n").headers())).contains("content-length: 0");
        assertThat(lines(toOrigin(post + "Transfer-Encoding: Chunked\n").headers()))
                .containsExactly("Host: a.test", "transfer-encoding: chunked");
    }

    @Test
    void expect_isForwardedOnlyWhereItMeansSomething() {
        assertThat(lines(toOrigin(GET + "Expect: 100-continue\n").headers())).containsExactly("Host: a.test");
        String post = "POST http://a.test/ HTTP/1.1\nHost: a.test\nContent-Length: 1\nExpect: 100-continue\n";
        assertThat(toOrigin(post).headers().getAll("Expect")).containsExactly("100-continue");
    }

    @Test
    void webSocketUpgrade_isForwarded() {
        HttpRequest out = toOrigin(GET + "Connection: keep-alive, Upgrade\nUpgrade: WebSocket\nSec-WebSocket-Key: k\n");
        assertThat(lines(out.headers()))
                .containsExactly("Host: a.test", "Sec-WebSocket-Key: k", "connection: upgrade", "upgrade: websocket");
    }

    @Test
    void originConnection_isClosedOnDemand() {
        assertThat(OutgoingMessages.toOrigin(parse(GET), false).headers().getAll("Connection"))
                .containsExactly("close");
    }

    @Test
    void response_losesWhatIsForThisHopOnly() {
        String fields = """
                Server: s
                Connection: keep-alive, X-Hop
                X-Hop: 1
                Keep-Alive: x
                Proxy-Authenticate: Basic
                X-Smokescreen-Error: forged
                X_Smokescreen_Error: forged
                Upgrade: h2
                Set-Cookie: a
                Set-Cookie: b
                """;
        HttpResponse out = toClient(fields, Framing.ofLength(4), GET);
        assertThat(lines(out.headers()))
                .containsExactly("Server: s", "Set-Cookie: a", "Set-Cookie: b", "content-length: 4");
    }

    @Test
    void responseFraming_isWhatTheClientUnderstands() {
        assertThat(lines(toClient("", Framing.CHUNKED, GET).headers())).containsExactly("transfer-encoding: chunked");
        assertThat(lines(toClient("", Framing.UNTIL_CLOSE, GET).headers()))
                .containsExactly("transfer-encoding: chunked");
        String old = "GET http://a.test/ HTTP/1.0\n";
        assertThat(lines(toClient("", Framing.CHUNKED, old).headers())).containsExactly("connection: close");
        assertThat(toClient("", Framing.CHUNKED, old).protocolVersion()).isEqualTo(HttpVersion.HTTP_1_0);
        assertThat(lines(toClient("", Framing.ofLength(4), old).headers()))
                .containsExactly("content-length: 4", "connection: close");
    }

    @Test
    void answerWithoutBody_mayDescribeIt() {
        String length = "Content-Length: 5";
        assertThat(lines(toClient(length, Framing.NONE, GET).headers())).containsExactly("content-length: 5");
        HttpResponse noContent = OutgoingMessages.toClient(
                response(HttpResponseStatus.NO_CONTENT, length), Framing.NONE, parse(GET), true);
        assertThat(noContent.headers()).isEmpty();
    }

    @Test
    void clientConnection_isClosedIfEitherSideWants() {
        assertThat(toClient("", Framing.NONE, GET + "Connection: close\n")
                        .headers()
                        .getAll("Connection"))
                .containsExactly("close");
        HttpResponse out =
                OutgoingMessages.toClient(response(HttpResponseStatus.OK, ""), Framing.NONE, parse(GET), false);
        assertThat(out.headers().getAll("Connection")).containsExactly("close");
    }

    @Test
    void switchingProtocols_keepsTheProtocol() {
        HttpResponse out = OutgoingMessages.interimToClient(response(
                HttpResponseStatus.SWITCHING_PROTOCOLS,
                "Connection: Upgrade, x\nUpgrade: websocket\nSec-WebSocket-Accept: a\nx: 1"));
        assertThat(lines(out.headers()))
                .containsExactly("Sec-WebSocket-Accept: a", "connection: upgrade", "upgrade: websocket");
    }

    @Test
    void earlyHints_areForwardedWithoutFraming() {
        HttpResponse out = OutgoingMessages.interimToClient(
                response(HttpResponseStatus.EARLY_HINTS, "Link: x\nContent-Length: 4\nUpgrade: h2"));
        assertThat(lines(out.headers())).containsExactly("Link: x");
    }

    @Test
    void trailers_loseWhatMustComeFirst() {
        HttpHeaders trailers = headers("""
                X-Sum: 1
                Host: a
                Authorization: a
                Set-Cookie: a
                X_Smokescreen_Role: a
                TE: a
                Content-Encoding: gzip
                Proxy-Status: a
                Cache-Control: a
                Grpc-Status: 0
                """);
        LastHttpContent last = new DefaultLastHttpContent();
        last.trailingHeaders().add(trailers);
        assertThat(OutgoingMessages.toClient(last)).isSameAs(last);
        assertThat(lines(last.trailingHeaders())).containsExactly("X-Sum: 1", "Grpc-Status: 0");
    }

    @Test
    void fieldsThatSpeakToTheProxy_goNoFurther_inTrailersNeither() {
        Request request = parse("""
                POST http://a.test/ HTTP/1.1
                Host: a
                X-Client-Role: web
                x_client-ROLE: web
                X-Client-Role-2: kept
                Content-Length: 0
                """).without(Set.of("x-client-role"));
        assertThat(lines(OutgoingMessages.toOrigin(request, true).headers()))
                .containsExactly("Host: a.test", "X-Client-Role-2: kept", "content-length: 0");
        LastHttpContent last = new DefaultLastHttpContent();
        last.trailingHeaders().add(headers("X-Client_Role: web\nX-Sum: 1"));
        OutgoingMessages.toOrigin(last, request);
        assertThat(lines(last.trailingHeaders())).containsExactly("X-Sum: 1");
    }

    private static HttpRequest toOrigin(String head) {
        return OutgoingMessages.toOrigin(parse(head), true);
    }

    private static HttpResponse toClient(String fields, Framing framing, String requestHead) {
        return OutgoingMessages.toClient(response(HttpResponseStatus.OK, fields), framing, parse(requestHead), true);
    }

    private static HttpResponse response(HttpResponseStatus status, String fields) {
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, headers(fields));
    }

    private static HttpHeaders headers(String fields) {
        HttpHeaders headers = new DefaultHttpHeaders();
        fields.lines().forEach(line -> {
            int colon = line.indexOf(':');
            headers.add(line.substring(0, colon), line.substring(colon + 1).trim());
        });
        return headers;
    }

    private static Request parse(String head) {
        try (ClientStream client = ClientStream.manual()) {
            client.send(head.replace("\n", "\r\n") + "\r\n");
            assertThat(client.requests()).hasSize(1).first().isInstanceOf(Request.class);
            return (Request) client.requests().get(0);
        }
    }

    private static List<String> lines(HttpHeaders headers) {
        return headers.entries().stream()
                .map(field -> field.getKey().equals("host")
                        ? "Host: " + field.getValue()
                        : field.getKey() + ": " + field.getValue())
                .toList();
    }
}
