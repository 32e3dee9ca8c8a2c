package io.smokescreen.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NextHopTest {

    @ParameterizedTest
    @CsvSource({
        "http://hop.test:3128, http://hop.test:3128",
        "http://hop.test:3128/, http://hop.test:3128",
        "https://hop.test:8443, https://hop.test:8443",
        "HTTPS://HOP.Test.:8443/, https://hop.test:8443",
        "hTTp://hop.test, http://hop.test:80",
        "https://hop.test, https://hop.test:443",
        "http://192.0.2.1, http://192.0.2.1:80",
        "https://[2001:DB8::1]:8443, https://[2001:db8::1]:8443",
        "https://[2001:db8::1]/, https://[2001:db8::1]:443",
    })
    void url_isCanonical(String url, String expected) {
        NextHop hop = NextHop.parse(url);

        assertThat(hop).hasToString(expected);
        assertThat(hop.proxyAuthorization()).isEmpty();
        assertThat(NextHop.parse(expected)).as("again").isEqualTo(hop);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "http://u:p@hop.test| u:p",
                "http://u@hop.test| u:",
                "http://u:@hop.test| u:",
                "http://u:p:q@hop.test| u:p:q",
                "http://u%40corp:p%2Fq%3F%25@hop.test| u@corp:p/q?%",
                "http://u:%c3%a4%E2%82%AC@hop.test/| u:\u00e4\u20ac",
                "http://u!$&'()*+,;=-._~:p@hop.test| u!$&'()*+,;=-._~:p",
                "http://u:p%20q@[::1]:1| u:p q",
            })
    void userInfo_becomesBasicCredentials(String url, String credentials) {
        NextHop hop = NextHop.parse(url);

        String expected = Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8));
        assertThat(hop.proxyAuthorization()).contains("Basic " + expected);
        assertThat(hop.toString()).doesNotContain("@").doesNotContain(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http",
                "http:",
                "http://",
                "https:///",
                "hop.test:3128",
                "//hop.test:3128",
                "socks5://hop.test:1080",
                "ftp://hop.test",
                "http:/hop.test",
                "http:hop.test",
                " http://hop.test",
                "http://hop.test ",
                "http://hop.test//",
                "http://hop.test/a",
                "http://hop.test?a",
                "http://hop.test/?a",
                "http://hop.test#a",
                "http://hop.test:",
                "http://hop.test:0",
                "http://hop.test:65536",
                "http://hop.test:080",
                "http://hop.test:80a",
                "http://2130706433",
                "http://127.1",
                "http://0x7f.1",
                "http://::1",
                "http://[::1",
                "http://[hop.test]",
                "http://[fe80::1%25eth0]",
                "http://h\u00f6p.test",
                "http://\u212a.test",
                "http://hop%2etest",
                "http://hop.test\\@other.test",
                "http://hop.test\r\nX: y",
                "http://@hop.test",
                "http://:secret@hop.test",
                "http://u:secret@",
                "http://u:secret@/",
                "http://u:secret@hop.test@other.test",
                "http://u:sec@ret@hop.test",
                "http://u:sec/ret@hop.test",
                "http://u:sec?ret@hop.test",
                "http://u:sec#ret@hop.test",
                "http://u:sec\\ret@hop.test",
                "http://u:sec ret@hop.test",
                "http://u:s\u00e9cret@hop.test",
                "http://u:secret%@hop.test",
                "http://u:secret%4@hop.test",
                "http://u:secret%4g@hop.test",
                "http://u:secret%\u0664\u0661@hop.test",
                "http://u:secret%00@hop.test",
                "http://u:secret%0d%0aX:y@hop.test",
                "http://u:secret%7f@hop.test",
                "http://u:secret%c2%85@hop.test",
                "http://u:secret%e4@hop.test",
                "http://u%3asecret:x@hop.test",
                "secret@https://hop.test",
                "https://u:secret@hop.test:99999",
            })
    void anythingElse_isNoUrl(String url) {
        assertThat(NextHop.tryParse(url)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NextHop.parse(url))
                .withMessageContaining("expected http://host:port")
                .withMessageNotContaining("secret")
                .withNoCause();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " Basic a", "Basic a ", "Basic a\r\nX: y", "Basic \u00e4", "Basic \u0000", "Basic\ta"})
    void authorizationThatIsNoFieldValue_isRefused(String value) {
        Destination address = Destination.of("hop.test", 3128);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NextHop(false, address, Optional.of(value)))
                .withMessageContaining("proxyAuthorization");
    }

    @Test
    void authorization_tellsHopsApart() {
        assertThat(NextHop.parse("http://u:p@hop.test")).isNotEqualTo(NextHop.parse("http://u:q@hop.test"));
    }
}
