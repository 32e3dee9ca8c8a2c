package io.smokescreen.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.Destination;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoProxyTest {

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "a.test, a.test:80, true",
        "a.test, b.a.test:443, true",
        "a.test, c.b.a.test:443, true",
        "a.test, ba.test:80, false", //           just outside a.test
        "a.test, a.test.b:80, false", //          just outside a.test
        "a.test, test:80, false", //              just outside a.test
        "A.Test., a.test:80, true",
        "' a.test ', a.test:80, true",
        ".a.test, a.test:80, false",
        ".a.test, b.a.test:80, true",
        ".a.test, ba.test:80, false",
        "*.a.test, a.test:80, false",
        "*.a.test, c.b.a.test:80, true",
        "a.test:8080, a.test:8080, true",
        "a.test:8080, b.a.test:8080, true",
        "a.test:8080, a.test:80, false",
        "a.test:8080, b.a.test:80, false",
        "*.a.test:8080, b.a.test:8080, true",
        "*.a.test:8080, b.a.test:80, false",
        "test, a.test:80, true",
        "192.0.2.1, 192.0.2.1:80, true",
        "192.0.2.1, 192.0.2.2:80, false",
        "192.0.2.1:443, 192.0.2.1:443, true",
        "192.0.2.1:443, 192.0.2.1:80, false",
        "192.0.2.1, a.192.0.2.1.test:80, false",
        "192.0.2.0/24, 192.0.1.255:80, false", // just outside 192.0.2.0/24
        "192.0.2.0/24, 192.0.2.0:80, true",
        "192.0.2.0/24, 192.0.2.255:80, true",
        "192.0.2.0/24, 192.0.3.0:80, false", //   just outside 192.0.2.0/24
        "192.0.2.77/24, 192.0.2.1:80, true",
        "192.0.2.0/24, [::ffff:192.0.2.1]:80, true",
        "0.0.0.0/0, a.test:80, false",
        "2001:db8::1, [2001:DB8:0::1]:80, true",
        "[2001:db8::1], [2001:db8::1]:80, true",
        "[2001:db8::1]:443, [2001:db8::1]:443, true",
        "[2001:db8::1]:443, [2001:db8::1]:80, false",
        "2001:db8::/32, [2001:db8:ffff::]:80, true",
        "2001:db8::/32, [2001:db9::]:80, false", // just outside 2001:db8::/32
        "*, a.test:80, true",
        "*, 192.0.2.1:80, true",
        "'', a.test:80, false",
        "'', localhost:80, true",
        "'', a.localhost:80, true",
        "'', 127.0.0.1:80, true",
        "'', 127.255.255.255:80, true",
        "'', [::1]:80, true",
        "'', 128.0.0.0:80, false", //             just outside 127.0.0.0/8
        "'', [::2]:80, false", //                 just outside ::1
    })
    void entry_names(String entry, String destination, boolean expected) {
        Destination asked = Destination.tryParse(destination).orElseThrow();

        assertThat(NoProxy.of(List.of(entry)).matches(asked)).isEqualTo(expected);
    }

    @Test
    void entries_addUp() {
        NoProxy noProxy = NoProxy.of(List.of("a.test:1", "a.test:2", "10.0.0.0/8", "10.1.0.0/16", "b.test"));

        assertThat(noProxy.matches(Destination.of("a.test", 1))).isTrue();
        assertThat(noProxy.matches(Destination.of("a.test", 2))).isTrue();
        assertThat(noProxy.matches(Destination.of("a.test", 3))).isFalse();
        assertThat(noProxy.matches(Destination.of("10.1.2.3", 3))).isTrue();
        assertThat(noProxy.matches(Destination.of("c.b.test", 3))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.test,b.test",
                "a b",
                "a..test",
                "-a.test",
                "a.*.test",
                "*a.test",
                "**",
                ".",
                "*.",
                ".192.0.2.1",
                "*.192.0.2.1",
                "10.*",
                "10.0.0.0/33",
                "10.0/8",
                "/8",
                "a.test/8",
                "a.test:",
                "a.test:0",
                "a.test:65536",
                "a.test:80:80",
                ":80",
                "192.0.2.0/24:80",
                "[a.test]",
                "[::1",
                "127.1",
                "http://a.test",
                "b\u00fccher.test",
            })
    void anythingElse_isNone(String entry) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> NoProxy.of(List.of("a.test", entry)))
                .withMessageContaining("'" + entry + "'")
                .withMessageContaining("expected");
    }

    @Test
    void entryThatMayHoldAPassword_isNotShown() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> NoProxy.of(List.of("http://u:secret@a.test")))
                .withMessageNotContaining("secret");
    }
}
