package io.smokescreen.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TargetLinesTest {

    static Stream<Arguments> inputs() {
        return Stream.of(
                Arguments.of("", List.of()),
                Arguments.of("\n", List.of("")),
                Arguments.of("a", List.of("a")),
                Arguments.of("a\n", List.of("a")),
                Arguments.of("a\r\nb\r\n", List.of("a", "b")),
                Arguments.of("a\r\r\n", List.of("a\r")),
                Arguments.of("\n\na", List.of("", "", "a")),
                Arguments.of("\u00e9\0\n", List.of("\u00e9\0")));
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void lines_are_what_ends_in_a_line_feed(String input, List<String> lines) throws IOException {
        assertThat(read(new ByteArrayInputStream(input.getBytes(UTF_8)))).isEqualTo(lines);
    }

    @Test
    void a_line_is_kept_no_further_than_is_needed_to_see_that_it_is_too_long() throws IOException {
        byte[] endless = ("a".repeat(3_000_000) + "\nb\n").getBytes(UTF_8);

        List<String> lines = read(new ByteArrayInputStream(endless));

        assertThat(lines).extracting(String::length).containsExactly(8 * 1024 + 1, 1);
    }

    @Test
    void lines_across_reads_are_whole() throws IOException {
        String line = "x".repeat(7_000);
        byte[] many = (line + "\n").repeat(40).getBytes(UTF_8);

        assertThat(read(new ByteArrayInputStream(many))).hasSize(40).containsOnly(line);
    }

    @Test
    void a_line_that_has_only_begun_is_not_ready() throws IOException {
        try (PipedOutputStream writer = new PipedOutputStream();
                PipedInputStream reader = new PipedInputStream(writer)) {
            TargetLines lines = new TargetLines(reader);
            assertThat(lines.isReady()).isFalse();

            writer.write("a\nb\nc".getBytes(UTF_8));
            assertThat(lines.isReady()).isTrue();
            assertThat(lines.next()).isEqualTo("a");
            assertThat(lines.isReady()).isTrue();
            assertThat(lines.next()).isEqualTo("b");
            assertThat(lines.isReady()).isFalse();

            writer.write('\n');
            assertThat(lines.isReady()).isTrue();
            assertThat(lines.next()).isEqualTo("c");
        }
    }

    private static List<String> read(InputStream in) throws IOException {
        TargetLines lines = new TargetLines(in);
        List<String> all = new ArrayList<>();
        for (@Nullable String line = lines.next(); line != null; line = lines.next()) {
            all.add(line);
        }
        return all;
    }
}
