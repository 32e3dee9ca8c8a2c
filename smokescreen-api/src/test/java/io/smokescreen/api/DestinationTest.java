package io.smokescreen.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {

    @ParameterizedTest
    @CsvSource({
        "a.test:443, a.test:443",
        "A.TeSt.:443, a.test:443",
        "192.0.2.1:80, 192.0.2.1:80",
        "[2001:DB8:0::1]:65535, [2001:db8::1]:65535",
        "[::ffff:192.0.2.1]:1, 192.0.2.1:1",
    })
    void authority_isCanonical(String text, String expected) {
        assertThat(Destination.tryParse(text))
                .hasValueSatisfying(found -> assertThat(found).hasToString(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":80",
                "a.test",
                "a.test:",
                "a.test:0",
                "a.test:080",
                "a.test:65536",
                "a.test:123456",
                "a.test:+1",
                "a.test:80 ",
                "a.test:4\u0664",
                "a.test:1:1",
                "u@a.test:1",
                "::1:80",
                "[::1]",
                "[::1]:",
                "[::1]80",
                "[a.test]:80",
                "[192.0.2.1]:80",
                "[]:80",
                "[:80",
                "127.1:80",
            })
    void anythingElse_isNoAuthority(String text) {
        assertThat(Destination.tryParse(text)).isEmpty();
    }

    @Test
    void defaultPort_isForAnAuthorityWithoutColonOnly() {
        assertThat(Destination.tryParse("a.test", 80)).contains(Destination.of("a.test", 80));
        assertThat(Destination.tryParse("[::1]", 80)).contains(Destination.of("::1", 80));
        assertThat(Destination.tryParse("a.test:81", 80)).contains(Destination.of("a.test", 81));
        assertThat(Destination.tryParse("a.test:", 80)).isEmpty();
        assertThat(Destination.tryParse("[::1]:", 80)).isEmpty();
        assertThat(Destination.tryParse("", 80)).isEmpty();
    }
}
