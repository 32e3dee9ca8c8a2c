package io.smokescreen.cli.metrics;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.smokescreen.api.Metric;
import io.smokescreen.api.SmokescreenException;
import io.smokescreen.cli.http.AnswerServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ScrapeServerTest {

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String GET = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

    private final HttpClient http = HttpClient.newHttpClient();
    private final PrometheusSink sink = new PrometheusSink("1.2.3", ExtraTags.none());
    private ScrapeServer server = ScrapeServer.start(sink, "127.0.0.1", 0, ScrapeServer.DEFAULT_PATH);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void get_answersWhatWasRecordedSoFar() throws Exception {
        sink.record(Metric.ACL_ALLOW, 1, List.of("web", "false", "team"));
        assertThat(get("/metrics").body()).contains("project=\"team\",role=\"web\"} 1.0\n");

        sink.record(Metric.ACL_ALLOW, 1, List.of("web", "false", "team"));
        HttpResponse<String> response = get("/metrics?name=ignored");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue(TEXT);
        assertThat(response.body()).contains("project=\"team\",role=\"web\"} 2.0\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/*|" + TEXT + "|",
                "text/plain;version=0.0.4|" + TEXT + "|",
                "application/openmetrics-text;version=1.0.0,text/plain;q=0.5|"
                        + "application/openmetrics-text; version=1.0.0; charset=utf-8|# EOF",
                // what there is no writer for
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited|" + TEXT
                        + "|",
            })
    void format_isTheOneAskedFor(String accept, String type, String end) throws Exception {
        HttpResponse<String> response =
                http.send(request("/metrics").header("Accept", accept).build(), BodyHandlers.ofString());

        assertThat(response.headers().firstValue("Content-Type")).hasValue(type);
        assertThat(response.body().stripTrailing()).endsWith(end == null ? "" : end);
    }

    @Test
    void head_answersTheSameWithoutBody() throws Exception {
        HttpResponse<String> response = http.send(
                request("/metrics").method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValueAsLong("Content-Length").orElseThrow())
                .isGreaterThan(1_000);
        assertThat(response.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/metrics/", "/METRICS", "/metrics%20", "/healthcheck"})
    void otherPath_answers404(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void otherMethod_answers405(String method) throws Exception {
        HttpResponse<String> response = http.send(
                request("/metrics").method(method, BodyPublishers.noBody()).build(), BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().allValues("Allow")).containsExactly("GET", "HEAD");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000\u0001\u0002\r\n\r\n",
                "GET /metrics\r\n\r\n",
                "GET /metrics HTTP/1.1\r\nno colon\r\n\r\n",
                "CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET http://example.com/metrics HTTP/1.1\r\nHost: x\r\n\r\n",
            })
    void whatIsNoScrape_isRefusedAndClosed(String request) throws Exception {
        assertThat(send(request)).containsPattern("^HTTP/1.1 4(00|04|05) ");
    }

    @Test
    void tooLongLineOrHead_answers400() throws Exception {
        String line = "GET /" + "a".repeat(AnswerServer.MAX_REQUEST_LINE_BYTES) + " HTTP/1.1\r\n\r\n";
        String head = "GET /metrics HTTP/1.1\r\na: " + "a".repeat(AnswerServer.MAX_HEADER_BYTES) + "\r\n\r\n";

        assertThat(send(line)).startsWith("HTTP/1.1 400 ");
        assertThat(send(head)).startsWith("HTTP/1.1 400 ");
    }

    /** One response for each connection: nothing can be pipelined into it. */
    @Test
    void secondRequest_onTheSameConnection_isNotAnswered() throws Exception {
        String answer = send(GET + GET);

        assertThat(answer).containsOnlyOnce("HTTP/1.1 200 OK").contains("connection: close");
    }

    @Test
    void silentConnection_isClosedWhenItsTimeIsUp() throws Exception {
        restart(Duration.ofMillis(200));
        try (Socket silent = connect();
                Socket half = connect()) {
            half.getOutputStream().write("GET /met".getBytes(US_ASCII));

            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(half.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void connectionsBeyondTheLimit_areClosed_andThoseBeforeAreServed() throws Exception {
        restart(Duration.ofMinutes(5));
        List<Socket> held = new ArrayList<>();
        for (int i = 0; i < AnswerServer.MAX_CONNECTIONS; i++) {
            held.add(connect());
        }
        try (Socket oneMore = connect()) {
            assertThat(oneMore.getInputStream().read()).isEqualTo(-1);
        }
        held.get(0).getOutputStream().write(GET.getBytes(US_ASCII));
        assertThat(new String(held.get(0).getInputStream().readAllBytes(), UTF_8))
                .startsWith("HTTP/1.1 200 ");
        for (Socket each : held) {
            each.close();
        }
    }

    @Test
    void start_onAPortThatIsTaken_saysWhichFlagAndAddress() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, loopback())) {
            int port = taken.getLocalPort();

            assertThatExceptionOfType(SmokescreenException.class)
                    .isThrownBy(() -> ScrapeServer.start(sink, "127.0.0.1", port, "/metrics"))
                    .withMessageStartingWith("cannot listen on 127.0.0.1 port " + port
                            + " for Prometheus (--prometheus-listen-ip, --prometheus-port): ")
                    .withMessageContaining("Address already in use");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 0, /metrics, 'localhost' is not an IP address (expected one such as '0.0.0.0')",
        "127.0.0.1, 65536, /metrics, '65536' is not a port (expected 0 to 65535)",
        "127.0.0.1, -1, /metrics, '-1' is not a port (expected 0 to 65535)",
        "127.0.0.1, 0, metrics, 'metrics' is not a path (expected '/' and visible ASCII without '?' and '#')",
        "127.0.0.1, 0, /a?b, '/a?b' is not a path (expected '/' and visible ASCII without '?' and '#')",
        "127.0.0.1, 0, '/a b', '/a b' is not a path (expected '/' and visible ASCII without '?' and '#')",
    })
    void start_withAValueThatIsNone_saysWhatIsExpected(String ip, int port, String path, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ScrapeServer.start(sink, ip, port, path))
                .withMessage(message);
    }

    @Test
    void close_freesThePort_andMayBeRepeated() throws IOException {
        InetSocketAddress address = server.address();
        server.close();
        server.close();

        server = ScrapeServer.start(sink, "127.0.0.1", address.getPort(), "/metrics");
        assertThat(server.address()).isEqualTo(address);
    }

    private void restart(Duration connectionLife) throws IOException {
        server.close();
        server = ScrapeServer.start(sink, new InetSocketAddress(loopback(), 0), "/metrics", connectionLife);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.address().getPort() + path));
    }

    private String send(String request) throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(client.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private Socket connect() throws IOException {
        Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }
}
