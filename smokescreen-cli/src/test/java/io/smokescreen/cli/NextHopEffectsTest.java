package io.smokescreen.cli;

import static io.smokescreen.cli.Asking.answer;
import static io.smokescreen.cli.Asking.connect;
import static io.smokescreen.cli.Asking.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.cli.config.ConnectSettings;
import io.smokescreen.cli.config.NextHopSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestDns;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestPem;
import io.smokescreen.testing.TestTls;
import java.nio.file.Path;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the settings of next hops, and the variables they leave it to, do to a running process. */
@Timeout(120)
class NextHopEffectsTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    /** In Base64, what stands before the host in the URL. */
    private static final String CREDENTIALS = "Basic bWU6c2VAY3JldA==";

    @TempDir
    Path folder;

    private TestDns dns;
    private RecordingHop hop;

    @BeforeEach
    void start() {
        dns = TestDns.start().answerAll("127.0.0.2");
        hop = RecordingHop.start();
    }

    @AfterEach
    void stop() throws Exception {
        hop.close();
        dns.close();
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--upstream-http-proxy-addr", "--upstream-https-proxy-addr", "--no-proxy"})
    void requests_take_the_next_hop_that_is_set(By by) throws Exception {
        try (TestOrigin origin = TestOrigin.startOn("127.0.0.2", TestOrigin.answering(OK));
                RecordingHop other = RecordingHop.start();
                ChildProcess proxy = start(by)
                        .with(NextHopSettings.HTTP, "http://me:se%40cret@" + hop.address())
                        .with(NextHopSettings.HTTPS, "http://" + other.address())
                        .with(NextHopSettings.NO_PROXY, "*.direct.test", "192.0.2.0/24")
                        .proxy()) {
            assertThat(answer(proxy, get("a.test:8080"))).endsWith("\r\n\r\nhop");
            assertThat(answer(proxy, connect("a.test:443"))).startsWith("HTTP/1.1 200 ");
            assertThat(answer(proxy, get("a.direct.test:" + origin.port()))).endsWith("\r\n\r\nok");

            assertThat(hop.heads())
                    .singleElement()
                    .asString()
                    .startsWith("GET http://a.test:8080/ HTTP/1.1\r\n")
                    .containsIgnoringCase("\r\nProxy-Authorization: " + CREDENTIALS + "\r\n");
            assertThat(other.heads())
                    .singleElement()
                    .asString()
                    .startsWith("CONNECT a.test:443 HTTP/1.1\r\n")
                    .doesNotContain(CREDENTIALS);
            assertThat(proxy.lineContaining("smokescreen listening"))
                    .contains("\"next_hop_http\":\"http://" + hop.address() + "\"")
                    .contains("\"next_hop_https\":\"http://" + other.address() + "\"");
            proxy.signal("TERM");
            assertThat(proxy.end().out()).doesNotContain("cret");
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows("--upstream-proxy-ca-file")
    void certificates_of_next_hops_are_verified_by_the_authorities_that_are_set(By by) throws Exception {
        TestCertificates authority = TestCertificates.create("CN=hops");
        Path file = TestPem.write(folder.resolve("hops.pem"), authority.certificate());
        TestTls tls = TestTls.of(authority
                .issuing("CN=hop")
                .names(new GeneralName(GeneralName.iPAddress, "127.0.0.3"))
                .issue());
        try (RecordingHop secure = RecordingHop.start(tls::then)) {
            By.Start start = start(by).with(NextHopSettings.HTTPS, "https://" + secure.address());
            try (ChildProcess distrusting = start.proxy();
                    ChildProcess proxy =
                            start.with(NextHopSettings.CA_FILES, file).proxy()) {
                assertThat(answer(distrusting, connect("a.test:443")))
                        .startsWith("HTTP/1.1 502 ")
                        .contains("Code: next-hop-failed");
                assertThat(secure.heads()).isEmpty();
                assertThat(answer(proxy, connect("a.test:443"))).startsWith("HTTP/1.1 200 ");
                assertThat(secure.heads()).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows("--upstream-proxy-send-ip")
    void next_hops_get_the_address_that_was_vetted(By by) throws Exception {
        try (ChildProcess proxy = start(by)
                .with(NextHopSettings.HTTPS, "http://" + hop.address())
                .with(NextHopSettings.SEND_IP, "true")
                .proxy()) {
            assertThat(answer(proxy, connect("a.test:443"))).startsWith("HTTP/1.1 200 ");

            assertThat(hop.heads()).singleElement().asString().startsWith("CONNECT 127.0.0.2:443 HTTP/1.1\r\n");
        }
    }

    @Test
    void what_is_not_set_comes_from_the_environment() throws Exception {
        try (TestOrigin origin = TestOrigin.startOn("127.0.0.2", TestOrigin.answering(OK));
                ChildProcess proxy = start(By.FILE)
                        .with(NextHopSettings.HTTPS, "http://" + hop.address())
                        .in("http_proxy", hop.address())
                        .in("HTTPS_PROXY", "http://127.0.0.4:1")
                        .in("NO_PROXY", "b.test, direct.test")
                        .proxy()) {
            assertThat(answer(proxy, connect("a.test:443"))).startsWith("HTTP/1.1 200 ");
            assertThat(answer(proxy, get("a.test:80"))).endsWith("\r\n\r\nhop");
            assertThat(answer(proxy, get("direct.test:" + origin.port()))).endsWith("\r\n\r\nok");

            assertThat(hop.heads()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void a_url_that_is_none_is_an_error_that_does_not_tell_it(By by) throws Exception {
        ChildProcess.Ended wrong = by.with(NextHopSettings.HTTP, "http://me:secret@proxy.test/path")
                .ended();

        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.err())
                .contains(by == By.FLAGS ? "--upstream-http-proxy-addr: " : "upstream_http_proxy_addr: ")
                .contains("not the URL of a proxy");
        assertThat(wrong.out() + wrong.err()).doesNotContain("secret");
    }

    @Test
    void a_variable_that_is_none_is_an_error_that_does_not_tell_it() throws Exception {
        ChildProcess.Ended wrong =
                start(By.FILE).in("HTTPS_PROXY", "http://me:secret@proxy test").ended();

        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.err()).contains("the environment variable HTTPS_PROXY is not the URL of a proxy");
        assertThat(wrong.out() + wrong.err()).doesNotContain("secret");
    }

    private By.Start start(By by) {
        return by.with(PolicySettings.ALLOW_RANGES, "127.0.0.0/8")
                .with(
                        ConnectSettings.RESOLVER_ADDRESSES,
                        "127.0.0.1:" + dns.address().getPort());
    }
}
