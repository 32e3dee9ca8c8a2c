package io.smokescreen.internal.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The JDK's client and the JDK's server, with the proxy between them. */
class StreamingTest {

    private static final long SIZE = 50L * 1024 * 1024;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private TestProxy proxy;
    private HttpClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(TestProxy.OPEN_ADDRESS, 0), 0);
        server.setExecutor(threads);
        server.createContext("/", StreamingTest::digestAndAnswer);
        server.start();
        proxy = TestProxy.start();
        proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .proxy(ProxySelector.of(proxy.address()))
                .build();
    }

    @AfterEach
    void stop() {
        proxy.close();
        server.stop(0);
        threads.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void largeBodies_arriveWhole_bothWays(boolean requestHasLength, boolean responseHasLength) throws Exception {
        BodyPublisher stream = BodyPublishers.ofInputStream(() -> new Noise(SIZE, 1));
        BodyPublisher body = requestHasLength ? BodyPublishers.fromPublisher(stream, SIZE) : stream;
        HttpRequest request = request("/" + responseHasLength).POST(body).build();
        HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("X-Digest")).contains(digest(new Noise(SIZE, 1)));
        assertThat(response.headers().firstValue("Content-Length").isPresent()).isEqualTo(responseHasLength);
        assertThat(digest(response.body())).isEqualTo(digest(new Noise(SIZE, 2)));
    }

    @Test
    void expectContinue_works() throws Exception {
        HttpRequest request = request("/true")
                .expectContinue(true)
                .POST(BodyPublishers.ofInputStream(() -> new Noise(100_000, 1)))
                .build();
        HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
        assertThat(response.headers().firstValue("X-Digest")).contains(digest(new Noise(100_000, 1)));
        assertThat(digest(response.body())).isEqualTo(digest(new Noise(SIZE, 2)));
    }

    @Test
    void denial_isReadable() throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://denied.test/")).build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(407);
        assertThat(response.body()).startsWith("Egress proxying is denied to host 'denied.test'");
        await().until(() -> proxy.decisions().size() == 1);
    }

    private HttpRequest.Builder request(String path) {
        String origin = PlainHttp.HOST + ":" + server.getAddress().getPort();
        return HttpRequest.newBuilder(URI.create("http://" + origin + path));
    }

    private static void digestAndAnswer(HttpExchange exchange) throws IOException {
        boolean withLength = exchange.getRequestURI().getPath().equals("/true");
        exchange.getResponseHeaders().set("X-Digest", digest(exchange.getRequestBody()));
        exchange.sendResponseHeaders(200, withLength ? SIZE : 0);
        try (OutputStream out = exchange.getResponseBody()) {
            new Noise(SIZE, 2).transferTo(out);
        }
    }

    private static String digest(InputStream in) throws IOException {
        try (DigestOutputStream out =
                new DigestOutputStream(OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(out);
            return HexFormat.of().formatHex(out.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** So many bytes that look like nothing, the same for the same seed. */
    private static final class Noise extends InputStream {

        private final byte[] block = new byte[1 << 16];
        private final long size;
        private long at;

        Noise(long size, long seed) {
            this.size = size;
            new Random(seed).nextBytes(block);
        }

        @Override
        public int read() {
            return at == size ? -1 : next() & 0xff;
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            if (at == size) {
                return -1;
            }
            int count = (int) Math.min(length, size - at);
            for (int i = 0; i < count; i++) {
                to[offset + i] = next();
            }
            return count;
        }

        /** The count of the block goes into each byte, so that blocks cannot change places. */
        private byte next() {
            byte value = (byte) (block[(int) (at % block.length)] + at / block.length);
            at++;
            return value;
        }
    }
}
