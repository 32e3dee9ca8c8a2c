package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.NextHop;
import io.smokescreen.internal.tls.UpstreamTlsContext;
import io.smokescreen.internal.tls.UpstreamTlsContext.Adjustment;
import io.smokescreen.testing.TestCertificates;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NextHopOptionsTest {

    private static final NextHopOptions NONE = NextHopOptions.defaults();

    @Test
    void environment_isRead_inUpperCaseBeforeLowerCase() {
        NextHopOptions options = NONE.withEnvironment(Map.of(
                "HTTP_PROXY", "http://u:p@upper.test:1",
                "http_proxy", "http://lower.test:2",
                "https_proxy", " https://lower.test:3/ ",
                "NO_PROXY", "",
                "no_proxy", "a.test, ,10.0.0.0/8,",
                "ALL_PROXY", "http://all.test:4"));

        assertThat(options.http()).contains(NextHop.parse("http://u:p@upper.test:1"));
        assertThat(options.https()).contains(NextHop.parse("https://lower.test:3"));
        assertThat(options.noProxy()).containsExactly("a.test", "10.0.0.0/8");
    }

    @Test
    void environmentWithoutVariables_changesNothing() {
        assertThat(NONE.withEnvironment(Map.of("PATH", "/bin", "HTTP_PROXY", " ")))
                .isEqualTo(NONE);
    }

    @Test
    void valueWithoutScheme_isAnHttpProxy() {
        NextHopOptions options =
                NONE.withEnvironment(Map.of("HTTP_PROXY", "hop.test:3128", "HTTPS_PROXY", "u:p@hop.test"));

        assertThat(options.http()).contains(NextHop.parse("http://hop.test:3128"));
        assertThat(options.https()).contains(NextHop.parse("http://u:p@hop.test:80"));
    }

    @Test
    void whatIsSet_comesBeforeTheEnvironment_whateverIsInIt() {
        NextHopOptions set = NONE.withHttp(NextHop.parse("http://mine.test:1"))
                .withHttps(NextHop.parse("http://mine.test:2"))
                .withNoProxy(List.of("mine.test"));

        assertThat(set.withEnvironment(
                        Map.of("HTTP_PROXY", "%", "HTTPS_PROXY", "%", "NO_PROXY", "%", "REQUEST_METHOD", "GET")))
                .isEqualTo(set);
    }

    @Test
    void noProxyOfTheEnvironment_countsForNextHopsThatAreSet() {
        NextHopOptions options = NONE.withHttp(NextHop.parse("http://mine.test:1"))
                .withEnvironment(Map.of("NO_PROXY", "a.test", "HTTP_PROXY", "http://other.test"));

        assertThat(options.http()).contains(NextHop.parse("http://mine.test:1"));
        assertThat(options.noProxy()).containsExactly("a.test");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://u:secret@hop.test/path", "socks5://u:secret@hop.test", "u:secret@", "u:sec ret@a"})
    void valueThatIsNone_isNamedWithoutShowingIt(String value) {
        for (String name : List.of("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy")) {
            assertThatExceptionOfType(ConfigurationException.class)
                    .isThrownBy(() -> NONE.withEnvironment(Map.of(name, value)))
                    .withMessageStartingWith(
                            "the environment variable " + name + " is not the URL of a proxy (expected ")
                    .withMessageNotContaining("secret")
                    .withStackTraceContaining("NextHopOptions")
                    .satisfies(e -> assertThat(String.valueOf(e.getCause())).doesNotContain("secret"));
        }
    }

    @ParameterizedTest
    @CsvSource({"NO_PROXY", "no_proxy"})
    void noProxyThatIsNone_isNamed(String name) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> NONE.withEnvironment(Map.of(name, "a.test,10.*")))
                .withMessageStartingWith("the environment variable " + name + ": '10.*' is no such entry");
    }

    @Test
    void httpProxyOfACgiScript_isRefused_sinceAClientMayHaveSetIt() {
        Map<String, String> script = Map.of("REQUEST_METHOD", "GET", "HTTP_PROXY", "http://evil.test");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> NONE.withEnvironment(script))
                .withMessageContaining("HTTP_PROXY")
                .withMessageContaining("REQUEST_METHOD")
                .withMessageNotContaining("evil");
        assertThat(NONE.withEnvironment(Map.of("REQUEST_METHOD", "GET", "http_proxy", "http://a.test"))
                        .http())
                .as("no header field is in lower case")
                .contains(NextHop.parse("http://a.test"));
    }

    @Test
    void entryThatIsNone_isRefusedWhenItIsSet() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> NONE.withNoProxy(List.of("a.test,b.test")))
                .withMessageContaining("'a.test,b.test'");
    }

    @Test
    void authorities_mustBeSome() throws Exception {
        TestCertificates certificates = TestCertificates.create();
        var leaf = certificates.issue("CN=leaf").chain().get(0);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> NONE.withAuthorities(List.of(leaf)))
                .withMessageContaining("CN=leaf");
        assertThatIllegalArgumentException().isThrownBy(() -> NONE.withAuthorities(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> NONE.withAuthorityFiles(List.of()));
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"JDK", "OPENSSL"})
    void provider_isTheOneThatSpeaksTlsWithNextHops(TlsProvider provider) throws Exception {
        NextHop hop = NextHop.parse("https://hop.test");
        NextHopOptions options = NONE.withAuthorities(
                        List.of(TestCertificates.create().certificate()))
                .withProvider(provider)
                .withHttps(hop)
                .withVettedAddressSent(true);

        UpstreamTlsContext context = options.newTls().context().join();
        SSLEngine engine = context.newHandler(ByteBufAllocator.DEFAULT, hop.address(), Adjustment.NONE)
                .engine();
        ReferenceCountUtil.release(engine);
        assertThat(engine instanceof ReferenceCounted).isEqualTo(provider == TlsProvider.OPENSSL);
    }

    @Test
    void text_tellsNoCredentials() {
        assertThat(NONE.withHttp(NextHop.parse("http://u:secret@hop.test")).toString())
                .contains("http://hop.test:80")
                .doesNotContain("secret")
                .doesNotContain("Basic");
    }
}
