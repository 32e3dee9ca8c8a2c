package io.smokescreen.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "0s, PT0S",
        "10s, PT10S",
        "1m30s, PT1M30S",
        "500ms, PT0.5S",
        "1.5h, PT1H30M",
        "2h45m, PT2H45M",
        "1h1h, PT2H", // Go adds them up too
        ".5s, PT0.5S",
        "1.s, PT1S",
        "007s, PT7S",
        "1us, PT0.000001S",
        "1µs, PT0.000001S", // U+00B5
        "1μs, PT0.000001S", // U+03BC
        "1ns, PT0.000000001S",
        "0.9ns, PT0S",
        "9223372036854775807ns, PT2562047H47M16.854775807S", // Go's largest
    })
    void reads_what_go_reads(String text, Duration expected) {
        assertThat(GoDuration.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "s",
                ".s",
                "10",
                "10s5",
                "1d",
                "10 s",
                " 10s",
                "10s ",
                "-10s",
                "+10s",
                "1e3s",
                "1,5s",
                "10S",
                "1..5s",
                "PT10S",
                "١٠s",
                "9223372036854775808ns",
                "2562048h",
                "10s\n"
            })
    void refuses_everything_else(String text) {
        assertThatThrownBy(() -> GoDuration.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + text + "' is not a duration")
                .hasMessageContaining("'1m30s'");
    }

    @Test
    void a_missing_unit_is_named() {
        assertThatThrownBy(() -> GoDuration.parse("10")).hasMessageContaining("the unit is missing");
    }

    @Test
    void a_long_text_costs_nothing_and_is_cut_in_the_message() {
        assertThatThrownBy(() -> GoDuration.parse("9".repeat(1_000_000) + "s"))
                .message()
                .hasSizeLessThan(250);
    }
}
