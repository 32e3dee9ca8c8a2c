package io.smokescreen.internal.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {

    @ParameterizedTest
    @CsvSource({
        "a.test:443, a.test:443",
        "A.TeSt.:443, a.test:443",
        "_dmarc.a_b.test:1, _dmarc.a_b.test:1",
        "xn--LS8H.test:65535, xn--ls8h.test:65535",
        "192.0.2.1:80, 192.0.2.1:80",
        "[2001:DB8:0::1]:80, [2001:db8::1]:80",
        "[::ffff:192.0.2.1]:80, 192.0.2.1:80",
        "localhost:80, localhost:80",
    })
    void wellFormed_isCanonical(String text, String expected) throws MalformedMessageException {
        assertThat(Authority.parse(text)).hasToString(expected);
        assertThat(Authority.parse(expected)).as("again").hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":443",
                "a.test",
                "a.test:",
                "a.test:0",
                "a.test:00443",
                "a.test:65536",
                "a.test:123456",
                "a.test:+443",
                "a.test:-1",
                "a.test:0x1bb",
                "a.test:443 ",
                "a.test:https",
                "a.test:4\u0664",
                "a.test:443:443",
                "user@a.test:443",
                "user:pw@a.test:443",
                "a.test/x:443",
                "a.test?:443",
                "a.test\\:443",
                "a%2etest:443",
                "a..test:443",
                ".a.test:443",
                "a.test..:443",
                "-a.test:443",
                "a-.test:443",
                "a,b:443",
                "127.1:443",
                "0x7f.1:443",
                "2130706433:443",
                "0177.0.0.1:443",
                "127.0.0.1.:443",
                "a.1:443",
                "[]:443",
                "[a.test]:443",
                "[127.0.0.1]:443",
                "[::1:443",
                "::1]:443",
                "::1:443",
                "[[::1]]:443",
                "[::1]]:443",
                "[::1]a:443",
                "a[::1]:443",
                "[::1%lo]:443",
                "[::1%25lo]:443",
                "[::00001]:443",
                "[ ]:443",
                "[::1]",
                "[::1]:",
                "\u00e4.test:443",
            })
    void malformed_isRefused(String text) {
        assertThatThrownBy(() -> Authority.parse(text))
                .isInstanceOf(MalformedMessageException.class)
                .hasNoCause()
                .satisfies(e -> assertThat(e.getStackTrace()).isEmpty());
    }

    @Test
    void defaultPort_isForAnAuthorityWithoutColonOnly() throws MalformedMessageException {
        assertThat(Authority.parse("a.test", 80)).hasToString("a.test:80");
        assertThat(Authority.parse("[::1]", 80)).hasToString("[::1]:80");
        assertThatThrownBy(() -> Authority.parse("a.test:", 80)).isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> Authority.parse("[::1]:", 80)).isInstanceOf(MalformedMessageException.class);
    }
}
