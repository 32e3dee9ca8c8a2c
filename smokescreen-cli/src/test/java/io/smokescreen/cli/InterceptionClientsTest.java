package io.smokescreen.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.cli.config.ConnectSettings;
import io.smokescreen.cli.config.InterceptionSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.testing.Command;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestDns;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestPem;
import io.smokescreen.testing.TestTls;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are looked into, and trust the authority: the command in front of an origin whose certificate is verified. */
@Timeout(60)
class InterceptionClientsTest {

    private static final String NAME = "origin.test";
    private static final int CURLE_PEER_FAILED_VERIFICATION = 60;

    @TempDir
    Path folder;

    private TestCertificates authority;
    private Path authorityFile;
    private TestOrigin origin;
    private TestDns dns;
    private ChildProcess proxy;

    @BeforeEach
    void start() throws Exception {
        authority = TestCertificates.create("CN=looks inside");
        authorityFile = TestPem.write(folder.resolve("mitm.pem"), authority.certificate());
        TestCertificates origins = TestCertificates.create("CN=origins");
        TestTls tls = TestTls.of(origins.issuing("CN=origin")
                .names(new GeneralName(GeneralName.dNSName, NAME))
                .issue());
        origin = TestOrigin.startOn("127.0.0.2", tls.then(InterceptionClientsTest::tellWhatIsReceived));
        dns = TestDns.start().answer(NAME, "127.0.0.2");
        proxy = By.FILE
                .with(PolicySettings.ACL_FILE, Files.writeString(folder.resolve("acl.yaml"), """
                        version: v1
                        services: []
                        default:
                          project: p
                          action: enforce
                          allowed_domains: [origin.test]
                          mitm_domains:
                            - domain: origin.test
                              add_headers: {X-Token: from the rule}
                              detailed_http_logs: true
                              detailed_http_logs_full_headers: [X-Shown]
                        """))
                .with(PolicySettings.ALLOW_MISSING_ROLE, "true")
                .with(PolicySettings.ALLOW_RANGES, "127.0.0.0/8")
                .with(
                        ConnectSettings.RESOLVER_ADDRESSES,
                        "127.0.0.1:" + dns.address().getPort())
                .with(InterceptionSettings.CA_CERT_FILE, authorityFile)
                .with(
                        InterceptionSettings.CA_KEY_FILE,
                        TestPem.write(
                                folder.resolve("mitm.key"),
                                TestPem.pkcs8(authority.authority().key())))
                .with(
                        InterceptionSettings.ORIGIN_CA_FILES,
                        TestPem.write(folder.resolve("origins.pem"), origins.certificate()))
                .with(ConnectSettings.EXIT_TIMEOUT, "0s")
                .proxy();
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        dns.close();
        origin.close();
    }

    @Test
    void curl_gets_the_answer_to_a_request_with_the_fields_of_the_rule() throws Exception {
        ChildProcess.Ended curl = curl(
                "--cacert",
                authorityFile.toString(),
                "-HX-Token: my own",
                "-HX-Secret: hidden",
                "-HX-Shown: yes",
                url("/path?q=1"));

        assertThat(curl.err()).isEmpty();
        assertThat(curl.out())
                .startsWith("GET /path?q=1 HTTP/1.1\r\n")
                .contains("X-Token: from the rule\r\n", "X-Secret: hidden\r\n")
                .doesNotContain("my own");
        assertThat(proxy.lineContaining("\"mitm_req_method\":\"GET\""))
                .contains("\"mitm_req_url\":\"" + url("/path?q=1") + "\"")
                .contains("\"X-Secret\":[\"[REDACTED]\"]", "\"X-Shown\":[\"yes\"]");
    }

    @Test
    void curl_that_does_not_trust_the_authority_gives_up() throws Exception {
        assertThat(curl(url("/")).exitCode()).isEqualTo(CURLE_PEER_FAILED_VERIFICATION);
        assertThat(origin.accepted()).isZero();
    }

    /** It offers HTTP/2 by ALPN, and goes on over HTTP/1.1. */
    @Test
    void client_of_the_jdk_sends_one_request_after_the_other_through_one_tunnel() throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .proxy(ProxySelector.of(Asking.addressOf(proxy)))
                .sslContext(authority.clientTls())
                .build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(url("/")))
                .POST(HttpRequest.BodyPublishers.ofString("twelve bytes"))
                .build();

        HttpResponse<String> first = client.send(request, HttpResponse.BodyHandlers.ofString());
        HttpResponse<String> second = client.send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(first.body()).contains("X-Token: from the rule\r\n").endsWith("\r\n\r\ntwelve bytes");
        assertThat(second.body()).isEqualTo(first.body());
        proxy.signal("TERM");
        assertThat(proxy.end()
                        .out()
                        .lines()
                        .filter(line -> line.contains("CANONICAL-PROXY-DECISION"))
                        .map(line -> line.replaceFirst(".*\"proxy_type\":\"([a-z]+)\".*", "$1")))
                .containsExactly("connect", "http", "http");
    }

    private ChildProcess.Ended curl(String... arguments) throws Exception {
        Command.assumeInstalled("curl");
        List<String> all = new ArrayList<>(List.of("curl", "-sS", "--proxy", "http://127.0.0.1:" + proxy.port()));
        all.addAll(List.of(arguments));
        return ChildProcess.of(all).end();
    }

    private String url(String path) {
        return "https://" + NAME + ":" + origin.port() + path;
    }

    /** Answers each request with all of it. */
    private static void tellWhatIsReceived(Socket connection) throws IOException {
        while (true) {
            String head = TestOrigin.readHead(connection.getInputStream());
            if (head.isEmpty()) {
                return;
            }
            int length = head.contains("\r\ncontent-length: 12\r\n") ? 12 : 0;
            String all = head + new String(connection.getInputStream().readNBytes(length), UTF_8);
            String response = "HTTP/1.1 200 OK\r\nContent-Length: " + all.length() + "\r\n\r\n" + all;
            connection.getOutputStream().write(response.getBytes(ISO_8859_1));
        }
    }
}
