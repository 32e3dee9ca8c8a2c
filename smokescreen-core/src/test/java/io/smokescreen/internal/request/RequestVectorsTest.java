package io.smokescreen.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.Destination;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** {@code vectors/requests.json}, as far as a request can be judged without any rule or address. */
class RequestVectorsTest {

    private static final int PORT = 18_080;

    record Row(String id, String note, String raw, String strict) {
        @Override
        public String toString() {
            return id + " " + note;
        }
    }

    @SuppressWarnings("unchecked")
    static Stream<Row> rows() throws IOException {
        try (InputStream json = RequestVectorsTest.class.getResourceAsStream("/vectors/requests.json")) {
            assertThat(json).isNotNull();
            Object loaded = new Load(LoadSettings.builder().build()).loadFromString(asciiOnly(json.readAllBytes()));
            return ((List<Map<String, String>>) loaded)
                    .stream()
                            .map(row -> new Row(
                                    row.getOrDefault("id", ""),
                                    row.getOrDefault("note", ""),
                                    expand(row.getOrDefault("raw", "")),
                                    row.getOrDefault("strict", "")))
                            // rows without bytes are about time; those cut short in the file have tests of their own
                            .filter(row ->
                                    !row.raw().isEmpty() && !row.raw().matches("(?s).*\\.\\.\\.\\(\\d+ bytes\\)"));
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void row(Row row) {
        try (ClientStream client = ClientStream.eager()) {
            List<String> events = client.send(row.raw()).shutDownOutput().events();
            boolean broken = events.stream().anyMatch(event -> event.startsWith("broken"));
            ParseResult first =
                    client.requests().isEmpty() ? null : client.requests().get(0);
            if (row.strict().equals("reach")) {
                assertThat(first).isInstanceOf(Request.class);
                assertThat(broken).isFalse();
            }
            if (row.strict().equals("refuse") && first instanceof Request request && !broken) {
                assertThat(refusedLater(request.destination()))
                        .as("%s must be refused by its form", request.destination())
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void row_byteByByte(Row row) {
        List<String> whole;
        try (ClientStream client = ClientStream.eager()) {
            whole = client.send(row.raw()).shutDownOutput().events();
        }
        try (ClientStream client = ClientStream.eager()) {
            row.raw().chars().forEach(c -> client.send(String.valueOf((char) c)));
            List<String> split = client.shutDownOutput().events();
            assertThat(withoutBodyIfBroken(split)).isEqualTo(withoutBodyIfBroken(whole));
        }
    }

    /** How much of a body came before the violation depends on what arrived together; that it is cut does not. */
    private static List<String> withoutBodyIfBroken(List<String> events) {
        boolean broken = events.stream().anyMatch(event -> event.startsWith("broken"));
        return events.stream().filter(e -> !broken || !e.startsWith("body ")).toList();
    }

    /** What the ACL, the resolver or the address rules of the vectors' set-up refuse, or where nobody listens. */
    private static boolean refusedLater(Destination destination) {
        String host = destination.host().text();
        return destination.host().address().isPresent()
                || !host.endsWith(".allowed.test")
                || host.startsWith("ip-")
                || host.startsWith("servfail.")
                || destination.port() != PORT;
    }

    /** YAML, unlike JSON, does not take DEL and C1 controls as they stand. */
    private static String asciiOnly(byte[] json) {
        StringBuilder escaped = new StringBuilder();
        new String(json, StandardCharsets.UTF_8)
                .chars()
                .forEach(c -> escaped.append(c < 0x7f ? String.valueOf((char) c) : String.format("\\u%04x", c)));
        return escaped.toString();
    }

    private static String expand(String raw) {
        return raw.replace("{H}", "allowed.test")
                .replace("{HU}", "ALLOWED.TEST")
                .replace("{P}", String.valueOf(PORT))
                .replace("{P65536}", String.valueOf(PORT + 65_536))
                .replace("{P32}", String.valueOf(PORT + (1L << 32)))
                .replace("{PX}", "0x" + Integer.toHexString(PORT));
    }
}
