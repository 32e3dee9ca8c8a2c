package io.smokescreen.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;

class TextLineEncoderTest {

    private final LoggingEvent event = JsonLineEncoderTest.event("CANONICAL-PROXY-DECISION");

    @Test
    void an_event_is_a_line_with_time_level_message_and_fields() throws IOException {
        event.addKeyValuePair(new KeyValuePair("role", "web"));
        event.addKeyValuePair(new KeyValuePair("allow", false));
        event.addKeyValuePair(new KeyValuePair("error", ""));
        event.addKeyValuePair(new KeyValuePair("decision_reason", "rule has \"enforce\" policy"));

        assertThat(encode())
                .isEqualTo("2026-11-23T15:04:05.006Z INFO  CANONICAL-PROXY-DECISION role=web allow=false"
                        + " decision_reason=\"rule has \\\"enforce\\\" policy\"\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\r\u001b[31mb", "\u0085", "\u2028x", "\u202ex", "\u009b31m"})
    void hostile_text_writes_neither_lines_nor_to_the_terminal(String text) throws IOException {
        event.addKeyValuePair(new KeyValuePair(text, text));
        event.setThrowableProxy(new ThrowableProxy(new IllegalStateException("broken " + text)));

        assertThat(encode().replace("\n", "")).doesNotContainPattern("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u202e]");
    }

    @Test
    void a_long_text_is_cut_and_says_so() throws IOException {
        event.addKeyValuePair(new KeyValuePair("host", "h".repeat(10_000)));

        assertThat(encode()).hasSizeLessThan(9_000).contains("hhh... (cut, 10000 characters)");
    }

    @Test
    void an_abandoned_line_leaves_those_before_it() throws IOException {
        TextLineEncoder lines = new TextLineEncoder();
        lines.encode(event);
        lines.encodeDropped(3, 0);
        int before = lines.size();
        event.addKeyValuePair(new KeyValuePair("bad", new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no text");
            }
        }));

        assertThatThrownBy(() -> lines.encode(event)).isInstanceOf(IllegalStateException.class);
        lines.abandon();

        assertThat(lines.size()).isEqualTo(before);
        assertThat(written(lines)).endsWith("WARN  dropped 3 log lines\n");
    }

    private String encode() throws IOException {
        TextLineEncoder lines = new TextLineEncoder();
        lines.encode(event);
        return written(lines);
    }

    private static String written(TextLineEncoder lines) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        lines.writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
