package io.smokescreen.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatsdAddressTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8200, 127.0.0.1:8200",
        "[::1]:8125, [::1]:8125",
        "[2001:DB8:0:0::1]:65535, [2001:db8::1]:65535",
        "statsd.monitoring.svc:1, statsd.monitoring.svc:1",
        "Statsd_1:8125, statsd_1:8125",
    })
    void address_isTakenInCanonicalForm(String text, String canonical) {
        assertThat(StatsdAddress.parse(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "127.0.0.1",
                ":8125",
                "127.0.0.1:",
                "127.0.0.1:0",
                "127.0.0.1:65536",
                "127.0.0.1:08125",
                "127.0.0.1:+1",
                "127.1:8125",
                "::1:8125",
                "[127.0.0.1]:8125",
                "[statsd]:8125",
                "[fe80::1%eth0]:8125",
                "unix:///run/statsd.sock",
                "http://statsd:8125",
                "statsd:8125/",
                "stats d:8125",
            })
    void otherText_isRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StatsdAddress.parse(text))
                .withMessage("'" + text + "' is not the address of a statsd (expected IP:PORT or HOST:PORT such as"
                        + " '127.0.0.1:8200', an IPv6 address in brackets)");
    }
}
