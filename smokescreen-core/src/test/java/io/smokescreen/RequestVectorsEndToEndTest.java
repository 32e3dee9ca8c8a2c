package io.smokescreen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import io.smokescreen.testing.DnsMessage;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.RecordingOrigin;
import io.smokescreen.testing.RecordingOrigin.Visit;
import io.smokescreen.testing.TestDns;
import io.smokescreen.testing.TestProxy;
import io.smokescreen.testing.Vectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code vectors/requests.json} as bytes against a running proxy: what must be refused sends nothing to the origin, what must
 * work works, and nothing at all reaches the canary on 127.0.0.1.
 */
class RequestVectorsEndToEndTest {

    private static final Duration READ_HEADER = Duration.ofSeconds(2);

    /** Their bytes alone leave the proxy waiting for more. */
    private static final Set<String> END_WITH_FIN = Set.of("825", "826", "903");

    private static @Nullable RecordingOrigin origin;
    private static @Nullable TestProxy proxy;

    /**
     * One vector.
     *
     * @param strict refuse, reach or any
     */
    record Row(String id, String group, String form, String note, String raw, String strict) {

        static Row of(Map<String, Object> row) {
            return new Row(
                    Vectors.string(row, "id"),
                    Vectors.string(row, "group"),
                    Vectors.string(row, "form"),
                    Vectors.string(row, "note"),
                    Vectors.string(row, "raw"),
                    Vectors.string(row, "strict"));
        }

        /** The violation comes after a head that is fine, so the origin may have seen that head. */
        boolean isAboutTheBody() {
            return group.equals("L-chunk");
        }

        @Override
        public String toString() {
            return id + " " + form + " " + note + ": " + strict;
        }
    }

    static Stream<Row> rows() {
        return Vectors.read("requests.json").stream()
                .map(Row::of)
                .filter(row -> !row.group().equals("N-slow"));
    }

    @BeforeAll
    static void start() {
        origin = RecordingOrigin.start();
        proxy = TestProxy.start(
                builder -> builder.timeouts(TimeoutOptions.defaults().withReadHeader(READ_HEADER)));
        proxy.dns().scriptAll(RequestVectorsEndToEndTest::resolve);
    }

    @AfterAll
    static void stop() throws IOException {
        origin().assertCanaryUntouched();
        requireNonNull(proxy).close();
        origin().close();
    }

    /** The origin notices a connection a little later than the proxy; each is to be seen by the row it belongs to. */
    @AfterEach
    void awaitTheOrigin() {
        await().atMost(3, TimeUnit.SECONDS).until(() -> origin().visits().size() >= connectionsOfTheProxy());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void row(Row row) {
        int before = origin().visits().size();
        try (RawClient client = connect()) {
            sendAll(client, row);
            HttpReply reply = row.raw().startsWith("HEAD ") ? HttpReply.readHead(client) : firstReply(client);
            switch (row.strict()) {
                case "refuse" -> assertRefused(row, reply, visitsSince(before));
                case "reach" -> assertReached(row, reply, client, before);
                default -> assertThat(reply.status()).isIn(0, 200, 400, 407, 502);
            }
        }
        origin().assertCanaryUntouched();
    }

    @Test
    void slow_oneByteEvery20Milliseconds_completeInTime_isServed() {
        try (RawClient client = connect()) {
            String request =
                    "GET http://slow.allowed.test:" + port() + "/p HTTP/1.1\r\nHost: slow.allowed.test\r\n\r\n";
            trickle(client, request, Duration.ofMillis(18));

            assertThat(firstReply(client).status()).isEqualTo(200);
        }
    }

    @Test
    void slow_stopsInTheMiddleOfTheHeaders_isClosedAfterTheTimeout() {
        try (RawClient client = connect()) {
            long start = System.nanoTime();
            client.send("GET http://a.allowed.test:" + port() + "/p HTTP/1.1\r\nHost: a.al");

            assertThat(client.readAllText()).isEmpty();
            assertClosedAfterTheTimeout(start);
        }
    }

    @Test
    void slow_oneHeaderByteEvery200Milliseconds_isClosedByTheTotalLimit() {
        try (RawClient client = connect()) {
            long start = System.nanoTime();
            Thread writer = new Thread(() -> {
                try {
                    trickle(client, "GET http://a.allowed.test/p HTTP/1.1\r\nX: aaaaaaaa", Duration.ofMillis(200));
                } catch (UncheckedIOException e) { // the proxy has closed, as it must
                    return;
                }
            });
            writer.start();

            await().atMost(6, TimeUnit.SECONDS).until(() -> isClosed(client));
            assertClosedAfterTheTimeout(start);
            writer.interrupt();
        }
    }

    @Test
    void tunnel_halfClosedByTheClient_stillCarriesTheAnswer() {
        try (RawClient client = connect()) {
            client.send("CONNECT a.allowed.test:" + port() + " HTTP/1.1\r\nHost: a.allowed.test\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            client.send("last words").halfClose();

            assertThat(client.readAllText()).isEqualTo("last words");
        }
    }

    @Test
    void connectAndFinAtOnce_endsCleanly() {
        try (RawClient client = connect()) {
            client.send("CONNECT a.allowed.test:" + port() + " HTTP/1.1\r\nHost: a.allowed.test\r\n\r\n")
                    .halfClose();

            assertThat(client.readAllText()).isIn("", "HTTP/1.1 200 OK\r\n\r\n");
        }
    }

    private static void assertRefused(Row row, HttpReply reply, List<Visit> visits) {
        assertThat(reply.status()).isIn(0, 400, 407, 502);
        if (!row.isAboutTheBody()) {
            // a connection without a byte: the late end of a dial that an earlier client gave up
            assertThat(visits).extracting(Visit::received).allMatch(String::isEmpty);
        }
        for (Visit visit : visits) {
            assertThat(visit.requests())
                    .as("requests with a broken body that were completed")
                    .isEmpty();
            assertThat(visit.received()).doesNotContain("smuggled").doesNotContain("/s ");
        }
    }

    private static void assertReached(Row row, HttpReply reply, RawClient client, int before) {
        assertThat(reply.status()).isEqualTo(200);
        if (row.form().equals("connect")) {
            assertThat(client.send("ping").read(4)).asString().isEqualTo("ping");
            return;
        }
        Visit visit = lastVisit(before);
        String request = visit.requests().get(visit.requests().size() - 1);
        assertThat(request).matches("(?s)[A-Z]+ (/[^ \r\n]*|\\*) HTTP/1\\.1\r\n.*\r\n\r\n");
        assertThat(request.split("(?i)\r\nhost: ", -1))
                .as("Host exactly once in %s", request)
                .hasSize(2);
    }

    /** The origin of an HTTP request may be reached on a connection from an earlier one. */
    private static Visit lastVisit(int before) {
        List<Visit> visits = origin().visits();
        List<Visit> fresh = visitsSince(before);
        return fresh.isEmpty() ? visits.get(visits.size() - 1) : fresh.get(0);
    }

    private static List<Visit> visitsSince(int before) {
        List<Visit> visits = origin().visits();
        return visits.subList(before, visits.size());
    }

    /** A proxy that refuses may close while the client still sends. */
    private static void sendAll(RawClient client, Row row) {
        try {
            client.send(expand(row));
            if (END_WITH_FIN.contains(row.id())) {
                client.halfClose();
            }
        } catch (UncheckedIOException e) {
            assertThat(row.strict()).isNotEqualTo("reach");
        }
    }

    /** {@return the first final response; an empty one where the connection ended without} */
    private static HttpReply firstReply(RawClient client) {
        try {
            HttpReply reply = HttpReply.read(client);
            return reply.status() == 100 ? HttpReply.read(client) : reply;
        } catch (UncheckedIOException e) {
            assertThat(e).as("anything but a read that timed out").hasMessageContaining("reset");
            return new HttpReply("", Map.of(), "");
        }
    }

    private static void trickle(RawClient client, String text, Duration pause) {
        for (byte octet : text.getBytes(ISO_8859_1)) {
            client.send(new byte[] {octet});
            LockSupport.parkNanos(pause.toNanos()); // the pace is what is tested
        }
    }

    private static boolean isClosed(RawClient client) {
        try {
            return client.socket().getInputStream().read() < 0;
        } catch (IOException e) { // reset: bytes were under way to it
            return true;
        }
    }

    private static void assertClosedAfterTheTimeout(long startNanos) {
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                .isBetween(READ_HEADER.minusMillis(200), READ_HEADER.plusSeconds(3));
    }

    private static String expand(Row row) {
        String full = switch (row.id()) {
            case "591" -> "GET http://" + "a".repeat(64 * 1024) + ".{H}:{P}/p HTTP/1.1\r\nHost: {H}\r\n\r\n";
            case "946" -> "GET http://a.{H}:{P}/1 HTTP/1.1\r\nHost: a.{H}:{P}\r\n\r\n".repeat(50);
            case "951" -> "CONNECT a.{H}:{P} HTTP/1.1\r\nHost: a.{H}:{P}\r\n\r\n" + "E".repeat(20_000);
            case "981" -> withHeaders("X: " + "a".repeat(900_000) + "\r\n");
            case "982" -> withHeaders("X: " + "a".repeat(1_200_000) + "\r\n");
            case "985" -> withHeaders(manyHeaders());
            case "992" -> "A".repeat(3_000_000);
            default -> row.raw();
        };
        assertThat(full).as("abbreviated").doesNotContain(" bytes)");
        return full.replace("{H}", "allowed.test")
                .replace("{HU}", "ALLOWED.TEST")
                .replace("{P}", String.valueOf(port()))
                .replace("{P65536}", String.valueOf(port() + 65_536))
                .replace("{P32}", String.valueOf(port() + (1L << 32)))
                .replace("{PX}", "0x" + Integer.toHexString(port()));
    }

    private static String withHeaders(String fields) {
        return "GET http://a.{H}:{P}/p HTTP/1.1\r\nHost: a.{H}:{P}\r\n" + fields + "\r\n";
    }

    private static String manyHeaders() {
        StringBuilder fields = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            fields.append('X').append(i).append(": y\r\n");
        }
        return fields.toString();
    }

    /** Every name is 127.0.0.2, but for {@code ip-a-b-c-d.…}, which is a.b.c.d, and {@code servfail.…}. */
    private static List<TestDns.Send> resolve(TestDns.Query query) {
        String label = query.name().split("\\.", 2)[0];
        if (label.equals("servfail")) {
            return TestDns.now(query.reply().code(DnsMessage.SERVFAIL));
        }
        String ip = label.matches("ip(-[0-9]+){4}") ? label.substring(3).replace('-', '.') : TestProxy.OPEN_ADDRESS;
        return TestDns.now(TestDns.addresses(query, 60, ip));
    }

    private static long connectionsOfTheProxy() {
        return requireNonNull(proxy).measurements().stream()
                .filter(measurement -> measurement.metric() == Metric.CONNECTION_TIME)
                .count();
    }

    private static RecordingOrigin origin() {
        return requireNonNull(origin);
    }

    private static int port() {
        return origin().port();
    }

    private static RawClient connect() {
        return requireNonNull(proxy).connect();
    }
}
