package io.smokescreen.internal.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;

import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.TimeoutOptions;
import io.smokescreen.api.Metric;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/** A proxy, one origin behind it that answers for every name under {@code allowed.test}, and what clients say to it. */
final class PlainHttp implements AutoCloseable {

    static final String HOST = "a.allowed.test";

    private final TestOrigin origin;
    private final TestProxy proxy;

    private PlainHttp(TestOrigin origin, Consumer<SmokescreenBuilder> customize) {
        this.origin = origin;
        this.proxy = TestProxy.start(customize);
        proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);
    }

    static PlainHttp to(TestOrigin.Behaviour behaviour) {
        return to(behaviour, builder -> {});
    }

    static PlainHttp to(TestOrigin.Behaviour behaviour, Consumer<SmokescreenBuilder> customize) {
        return new PlainHttp(TestOrigin.start(behaviour), customize);
    }

    /** The limit on every wait for one of the two ends. */
    static Consumer<SmokescreenBuilder> stallingFor(Duration limit) {
        return builder -> builder.timeouts(TimeoutOptions.defaults().withResponse(limit));
    }

    TestProxy proxy() {
        return proxy;
    }

    TestOrigin origin() {
        return origin;
    }

    RawClient client() {
        return proxy.connect();
    }

    /** {@return the URL of a path at the origin} */
    String url(String path) {
        return "http://" + HOST + ":" + origin.port() + path;
    }

    /** {@return a whole head; fields without line ends} */
    String head(String method, String path, String... fields) {
        StringBuilder head = new StringBuilder(method + " " + url(path) + " HTTP/1.1\r\nHost: " + HOST + "\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    String get(String path, String... fields) {
        return head("GET", path, fields);
    }

    /** {@return what one client receives for one request until its connection ends, which the request asks for} */
    String answerTo(String request) {
        try (RawClient client = client()) {
            return client.send(request).readAllText();
        }
    }

    /** {@return the last value of the number of requests in work} */
    double requestsInWork() {
        List<TestProxy.Measurement> all = proxy.measurements().stream()
                .filter(each -> each.metric() == Metric.REQUESTS_CONCURRENT)
                .toList();
        return all.isEmpty() ? 0 : all.get(all.size() - 1).value();
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        origin.close();
    }

    /** {@return an origin that answers each request on a connection with what the function makes of its head} */
    static Keeping answering(Function<String, String> response) {
        return new Keeping(response);
    }

    /** Keeps its connections, reads bodies, and remembers the heads it got. */
    static final class Keeping implements TestOrigin.Behaviour {

        private final Function<String, String> response;
        private final Queue<String> heads = new ConcurrentLinkedQueue<>();
        private final Queue<Body> bodies = new ConcurrentLinkedQueue<>();

        private Keeping(Function<String, String> response) {
            this.response = response;
        }

        @Override
        public void serve(Socket connection) throws IOException {
            InputStream in = connection.getInputStream();
            for (String head = TestOrigin.readHead(in); !head.isEmpty(); head = TestOrigin.readHead(in)) {
                heads.add(head);
                bodies.add(Body.read(head, in));
                connection.getOutputStream().write(response.apply(head).getBytes(ISO_8859_1));
            }
        }

        List<String> heads() {
            return List.copyOf(heads);
        }

        List<Body> bodies() {
            return List.copyOf(bodies);
        }

        String onlyHead() {
            if (heads.size() != 1) {
                throw new AssertionError(heads.size() + " requests instead of one: " + heads);
            }
            return requireNonNull(heads.peek());
        }
    }

    /** A body as its head frames it, with the trailer section of a chunked one, every line with its CRLF. */
    record Body(String content, String trailers) {

        static Body read(String head, InputStream in) {
            try {
                Map<String, String> framing = framing(head);
                if (framing.containsKey("transfer-encoding")) {
                    return chunked(in);
                }
                int length = Integer.parseInt(framing.getOrDefault("content-length", "0"));
                return new Body(new String(in.readNBytes(length), ISO_8859_1), "");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Map<String, String> framing(String head) {
            Map<String, String> fields = new HashMap<>();
            for (String line : head.split("\r\n", -1)) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    fields.put(
                            line.substring(0, colon).toLowerCase(Locale.ROOT),
                            line.substring(colon + 1).strip());
                }
            }
            return fields;
        }

        private static Body chunked(InputStream in) throws IOException {
            StringBuilder content = new StringBuilder();
            while (true) {
                int size = Integer.parseInt(line(in).strip(), 16);
                if (size == 0) {
                    break;
                }
                content.append(new String(in.readNBytes(size), ISO_8859_1));
                line(in);
            }
            StringBuilder trailers = new StringBuilder();
            for (String line = line(in); !line.equals("\r\n"); line = line(in)) {
                trailers.append(line);
            }
            return new Body(content.toString(), trailers.toString());
        }

        private static String line(InputStream in) throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            while (!line.toString(ISO_8859_1).endsWith("\r\n")) {
                int next = in.read();
                if (next < 0) {
                    throw new EOFException("in the middle of a chunked body");
                }
                line.write(next);
            }
            return line.toString(ISO_8859_1);
        }
    }

    /** {@return the body that follows a head at a client} */
    static Body body(String head, RawClient client) {
        try {
            return Body.read(head, client.socket().getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
