package io.smokescreen.internal.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What the proxy takes for one request is one request to another parser too, to the same host and with the same body: the
 * JDK's server stands behind a tap that keeps the bytes.
 */
class SecondParserTest {

    private static final int GENERATED = 600;

    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE", "M-SEARCH", "get");
    private static final List<String> FIELDS = List.of(
            "X: 1",
            "X:",
            "X:\t a \t",
            "X: \u00e9\u00ff",
            "Content_Length: 3",
            "Content-Length : 3",
            "Transfer_Encoding: chunked",
            "Connection: content-length, transfer-encoding, host",
            "Connection: close",
            "Connection: X, Keep-Alive",
            "TE: chunked",
            "Trailer: Content-Length",
            "Host: b.allowed.test",
            "X-Forwarded-Host: evil.test",
            "Expect: 100-continue",
            "Upgrade: h2c",
            "Proxy-Connection: close",
            "Cookie: a=b\tc",
            " folded: 1",
            "X: a\rContent-Length: 3",
            "X: a\0b");
    private static final List<String> BODIES = List.of(
            "\r\n",
            "Content-Length: 0\r\n\r\n",
            "Content-Length: 3\r\n\r\nabc",
            "Content-Length: 003\r\n\r\nabc",
            "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
            "Content-Length: +3\r\n\r\nabc",
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "Transfer-Encoding: Chunked\r\n\r\n03;a=b\r\nabc\r\n00\r\nX: 1\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\nContent-Length: 9\r\nHost: evil.test\r\n\r\n",
            "Transfer-Encoding: chunked, identity\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc0\r\n\r\n");

    /** A body that any parser reads as three letters, where the request is accepted at all. */
    private static final Pattern BODIES_WITH_ABC = Pattern.compile("\r\n\r\n(.*\r\n)?a(bc|\r\n2\r\nbc)");

    private record Seen(String method, String target, List<String> hosts, String body) {}

    private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final Queue<String> tapped = new ConcurrentLinkedQueue<>();

    @Test
    void everyAcceptedRequest_isOneRequestToTheJdkToo() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer server = HttpServer.create(new InetSocketAddress(TestProxy.OPEN_ADDRESS, 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::keep);
        server.start();
        try (TestOrigin tap = TestOrigin.start(connection -> tap(connection, server.getAddress()));
                TestProxy proxy = TestProxy.start()) {
            proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);
            int accepted = 0;
            for (String request : corpus(tap.port())) {
                accepted += check(proxy, tap, request) ? 1 : 0;
            }
            assertThat(accepted).isGreaterThan(100);
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    /** One request on a connection of its own; whether the proxy took it is known when it has ended the connection. */
    private boolean check(TestProxy proxy, TestOrigin tap, String request) {
        seen.clear();
        tapped.clear();
        int decisions = proxy.decisions().size();
        String head;
        try (RawClient client = proxy.connect()) {
            client.send(request);
            head = client.readHead();
            while (head.startsWith("HTTP/1.1 100 ")) {
                head = client.readHead();
            }
        }
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> proxy.decisions().size() > decisions);
        if (!head.contains("\r\nX-seen: ")) {
            assertThat(seen).as(request).isEmpty();
            return false;
        }
        String bytes = String.join("", tapped);
        assertThat(seen).as("%s became %s", request, bytes).hasSize(1);
        Seen one = seen.remove();
        String line = request.substring(0, request.indexOf("\r\n"));
        assertThat(one.method()).isEqualTo(line.substring(0, line.indexOf(' ')));
        assertThat(one.hosts()).as(bytes).containsExactly(host(line) + ":" + tap.port());
        assertThat(one.body())
                .as(bytes)
                .isEqualTo(BODIES_WITH_ABC.matcher(request).find() ? "abc" : "");
        return true;
    }

    private static String host(String line) {
        String authority = line.substring(line.indexOf("//") + 2, line.lastIndexOf(' '));
        return authority
                .substring(0, authority.indexOf(':'))
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\.$", "");
    }

    private static List<String> corpus(int port) {
        List<String> corpus = new ArrayList<>();
        Random random = new Random(4750);
        for (int i = 0; i < GENERATED; i++) {
            StringBuilder request = new StringBuilder();
            request.append(any(METHODS, random)).append(" http://").append(any(List.of("a", "A", "b.c"), random));
            request.append(".allowed.test:").append(port).append(any(List.of("/p", "/", "?q", "/%0d%0a", ""), random));
            request.append(" HTTP/1.1\r\nHost: ").append(any(List.of("a.allowed.test", "evil.test"), random));
            request.append("\r\n");
            for (int fields = random.nextInt(4); fields > 0; fields--) {
                request.append(any(FIELDS, random)).append("\r\n");
            }
            corpus.add(request.append(any(BODIES, random)).toString());
        }
        return corpus;
    }

    private static String any(List<String> texts, Random random) {
        return texts.get(random.nextInt(texts.size()));
    }

    private void keep(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), ISO_8859_1);
        seen.add(new Seen(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders().getOrDefault("Host", List.of()),
                body));
        exchange.getResponseHeaders().set("X-Seen", "1");
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    /** Passes bytes to the server and back, and keeps those of the request. */
    private void tap(Socket connection, InetSocketAddress server) throws IOException {
        try (Socket behind = new Socket(server.getAddress(), server.getPort())) {
            Thread back = new Thread(() -> {
                try (connection) {
                    behind.getInputStream().transferTo(connection.getOutputStream());
                } catch (IOException ended) {
                    return;
                }
            });
            back.start();
            InputStream in = connection.getInputStream();
            byte[] buffer = new byte[8192];
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                tapped.add(new String(buffer, 0, count, ISO_8859_1));
                behind.getOutputStream().write(buffer, 0, count);
            }
        }
    }
}
