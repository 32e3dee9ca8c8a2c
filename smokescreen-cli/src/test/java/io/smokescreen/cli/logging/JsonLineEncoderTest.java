package io.smokescreen.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.event.KeyValuePair;

class JsonLineEncoderTest {

    private static final String TIME = "\"time\":\"2026-11-23T15:04:05.006Z\"";

    private final LoggingEvent event = event("hello");

    static Stream<Arguments> hostileTexts() {
        return Stream.of(
                Arguments.of("a\nb\r\tc", "a\\nb\\r\\tc"),
                Arguments.of("say \"hi\" \\ there", "say \\\"hi\\\" \\\\ there"),
                Arguments.of("\0\b\f\u001b[31m", "\\u0000\\u0008\\u000c\\u001b[31m"),
                Arguments.of("\u007f\u0085\u009b", "\\u007f\\u0085\\u009b"), // DEL and C1: terminals obey U+009B
                Arguments.of("\u00a0", "\u00a0"), // just outside C1
                Arguments.of("\u2027\u2028\u2029\u202a", "\u2027\\u2028\\u2029\u202a"),
                Arguments.of("\u00e9 \u20ac \uffff \ud83d\udd10", "\u00e9 \u20ac \uffff \ud83d\udd10"),
                Arguments.of("\ud83d", "\ufffd"),
                Arguments.of("\udd10x", "\ufffdx"),
                Arguments.of("\ud83d\ud83d\udd10", "\ufffd\ud83d\udd10"),
                Arguments.of("\udd10\ud83d", "\ufffd\ufffd"),
                Arguments.of("\"},{\"level\":\"info", "\\\"},{\\\"level\\\":\\\"info"),
                Arguments.of("", ""));
    }

    @ParameterizedTest
    @MethodSource("hostileTexts")
    void hostile_text_stays_inside_its_string(String text, String encoded) throws IOException {
        LoggingEvent hostile = event(text);
        hostile.addKeyValuePair(new KeyValuePair(text, text));

        assertThat(encode(hostile))
                .isEqualTo("{\"level\":\"info\",\"msg\":\"" + encoded + "\"," + TIME + ",\"" + encoded + "\":\""
                        + encoded + "\"}\n");
    }

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(1, "1"),
                Arguments.of(Long.MIN_VALUE, "-9223372036854775808"),
                Arguments.of((short) 2, "2"),
                Arguments.of((byte) 3, "3"),
                Arguments.of(1.5, "1.5"),
                Arguments.of(1e300, "1.0E300"),
                Arguments.of(0.25f, "0.25"),
                Arguments.of(new BigDecimal("1E+3"), "1E+3"),
                Arguments.of(Double.NaN, "\"NaN\""),
                Arguments.of(Double.NEGATIVE_INFINITY, "\"-Infinity\""),
                Arguments.of(Float.POSITIVE_INFINITY, "\"Infinity\""),
                Arguments.of(true, "true"),
                Arguments.of(false, "false"),
                Arguments.of(null, "null"),
                Arguments.of("1", "\"1\""),
                Arguments.of('c', "\"c\""),
                Arguments.of(List.of("a", "1"), "[\"a\",\"1\"]"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void a_value_has_its_json_type(@Nullable Object value, String encoded) throws IOException {
        event.addKeyValuePair(new KeyValuePair("v", value));

        assertThat(encode(event)).endsWith(TIME + ",\"v\":" + encoded + "}\n");
    }

    @ParameterizedTest
    @CsvSource({"ERROR,error", "WARN,warning", "INFO,info", "DEBUG,debug", "TRACE,trace"})
    void levels_are_named_as_logrus_names_them(String level, String encoded) throws IOException {
        assertThat(encode(event("hello", Level.toLevel(level)))).startsWith("{\"level\":\"" + encoded + "\",");
    }

    @Test
    void a_field_never_repeats_a_name_of_the_line() throws IOException {
        for (String key : new String[] {"level", "msg", "time", "error"}) {
            event.addKeyValuePair(new KeyValuePair(key, "x"));
        }

        assertThat(encode(event))
                .endsWith(",\"fields.level\":\"x\",\"fields.msg\":\"x\",\"fields.time\":\"x\",\"error\":\"x\"}\n");
    }

    @Test
    void header_fields_are_an_object_of_arrays() throws IOException {
        Map<String, List<String>> headers = new TreeMap<>();
        headers.put("Accept", List.of("*/*"));
        headers.put("Cookie\"", List.of("[REDACTED]", "a\nb"));
        headers.put("Empty", List.of());
        event.addKeyValuePair(new KeyValuePair("mitm_req_headers", headers));
        event.addKeyValuePair(new KeyValuePair("after", 1));

        assertThat(encode(event))
                .endsWith(",\"mitm_req_headers\":{\"Accept\":[\"*/*\"],\"Cookie\\\"\":[\"[REDACTED]\",\"a\\nb\"],"
                        + "\"Empty\":[]},\"after\":1}\n");
    }

    @Test
    void an_exception_is_an_error_and_a_stack() throws IOException {
        event.setThrowableProxy(new ThrowableProxy(new IllegalStateException("bro\nken")));
        event.addKeyValuePair(new KeyValuePair("error", "x"));

        assertThat(encode(event))
                .contains("\"fields.error\":\"x\"", "\"error\":\"java.lang.IllegalStateException: bro\\nken\"")
                .contains("\"stack\":\"java.lang.IllegalStateException: bro")
                .containsOnlyOnce("\n");
    }

    @Test
    void a_long_field_is_cut_and_says_so() throws IOException {
        event.addKeyValuePair(new KeyValuePair("long", "x".repeat(1_000_000)));

        assertThat(encode(event))
                .hasSizeLessThan(JsonLineEncoder.MAX_FIELD_CHARS + 200)
                .endsWith("xxx... (cut, 1000000 characters)\"}\n");
    }

    @Test
    void a_cut_never_splits_a_character() throws IOException {
        event.addKeyValuePair(
                new KeyValuePair("long", "x".repeat(JsonLineEncoder.MAX_FIELD_CHARS - 1) + "\ud83d\udd10"));

        assertThat(encode(event)).contains("xxx... (cut, 8193 characters)").doesNotContain("\ufffd");
    }

    @Test
    void a_library_is_named() throws IOException {
        event.setLoggerName("io.netty.util.Something");

        assertThat(encode(event)).endsWith(",\"logger\":\"io.netty.util.Something\"}\n");
    }

    @Test
    void time_goes_on_through_seconds_and_before_1970() {
        UtcTime time = new UtcTime();

        assertThat(time.format(0)).isEqualTo("1970-01-01T00:00:00.000Z");
        assertThat(time.format(999)).isEqualTo("1970-01-01T00:00:00.999Z");
        assertThat(time.format(1_000)).isEqualTo("1970-01-01T00:00:01.000Z");
        assertThat(time.format(60)).isEqualTo("1970-01-01T00:00:00.060Z");
        assertThat(time.format(-1)).isEqualTo("1969-12-31T23:59:59.999Z");
    }

    private static String encode(LoggingEvent event) throws IOException {
        JsonLineEncoder lines = new JsonLineEncoder();
        lines.encode(event);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        lines.writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    static LoggingEvent event(String message) {
        return event(message, Level.INFO);
    }

    private static LoggingEvent event(String message, Level level) {
        LoggingEvent event = new LoggingEvent();
        event.setLoggerContext(new LoggerContext());
        event.setLoggerName("io.smokescreen.Test");
        event.setLevel(level);
        event.setMessage(message);
        event.setTimeStamp(java.time.Instant.parse("2026-11-23T15:04:05.006Z").toEpochMilli());
        return event;
    }
}
