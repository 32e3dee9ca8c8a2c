package io.smokescreen.cli;

import static io.smokescreen.cli.Asking.answer;
import static io.smokescreen.cli.Asking.connect;
import static io.smokescreen.cli.Asking.connection;
import static io.smokescreen.cli.Asking.get;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.cli.config.InterceptionSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.TlsSettings;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestPem;
import io.smokescreen.testing.TestTls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the settings of looking into TLS do to a running process. */
@Timeout(120)
class InterceptionEffectsTest {

    private static final String HOST = "127.0.0.2";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    @TempDir
    Path folder;

    private TestCertificates authority;
    private Path certificate;
    private Path key;
    private Path acl;

    @BeforeEach
    void writeFiles() throws Exception {
        authority = TestCertificates.create("CN=looks inside");
        certificate = TestPem.write(folder.resolve("mitm.pem"), authority.certificate());
        key = TestPem.write(
                folder.resolve("mitm.key"), TestPem.pkcs8(authority.authority().key()));
        acl = Files.writeString(folder.resolve("acl.yaml"), """
                version: v1
                services: []
                default:
                  project: p
                  action: enforce
                  allowed_domains: [127.0.0.2]
                  mitm_domains: [{domain: 127.0.0.2}]
                """);
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--mitm-ca-cert-file", "--mitm-ca-key-file"})
    void requests_inside_of_tls_are_seen_with_a_certificate_of_the_authority(By by) throws Exception {
        try (ChildProcess proxy = mitm(by).with(TlsSettings.PROVIDER, "jdk").proxy();
                RawClient tunnel = connection(proxy);
                SSLSocket tls = inside(tunnel, HOST + ":443")) {
            assertThat(Path.of("/proc", Long.toString(proxy.pid()), "maps"))
                    .content()
                    .doesNotContain("netty_tcnative");
            X509Certificate shown = (X509Certificate) tls.getSession().getPeerCertificates()[0];

            assertThat(proxy.lineContaining("smokescreen listening")).contains("\"mitm\":true", "\"mitm_domains\":1");
            assertThat(shown.getIssuerX500Principal())
                    .isEqualTo(authority.certificate().getSubjectX500Principal());
            assertThat(exchange(tls, "denied.test")).startsWith("HTTP/1.1 407 ").contains("Code: acl-denied");
        }
    }

    /** Where the proxy does TLS with the origin: for a request inside of a tunnel, and for a URI that says https. */
    @ParameterizedTest
    @EnumSource(By.class)
    @Shows("--mitm-upstream-ca-file")
    void origins_are_verified_by_the_authorities_that_are_set(By by) throws Exception {
        TestCertificates origins = TestCertificates.create("CN=origins");
        Path originAuthority = TestPem.write(folder.resolve("origins.pem"), origins.certificate());
        TestTls originTls = TestTls.of(origins.issuing("CN=origin")
                .names(new GeneralName(GeneralName.iPAddress, HOST))
                .issue());
        try (TestOrigin origin = TestOrigin.startOn(HOST, originTls.then(TestOrigin.answering(OK)));
                ChildProcess distrusting = mitm(by).proxy();
                ChildProcess proxy = mitm(by).with(InterceptionSettings.ORIGIN_CA_FILES, originAuthority)
                        .proxy()) {
            String address = HOST + ":" + origin.port();

            assertThat(answer(proxy, get(address).replace("http:", "https:"))).endsWith("\r\n\r\nok");
            assertThat(insideAnswer(proxy, address)).endsWith("\r\n\r\nok");
            assertThat(insideAnswer(distrusting, address))
                    .startsWith("HTTP/1.1 502 ")
                    .contains("Code: upstream-tls-failed");
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void one_of_the_two_files_is_not_enough(By by) throws Exception {
        assertRefused(by, InterceptionSettings.CA_CERT_FILE, certificate, InterceptionSettings.CA_KEY_FILE);
        assertRefused(by, InterceptionSettings.CA_KEY_FILE, key, InterceptionSettings.CA_CERT_FILE);
    }

    @Test
    void a_rule_that_asks_to_look_inside_without_an_authority_is_warned_of() throws Exception {
        By.Start start = start(By.FILE);
        try (ChildProcess proxy = start.proxy()) {
            assertThat(proxy.lineStarting("the ACL has mitm_domains (1)"))
                    .contains("\"level\":\"warning\"", "requests for them are denied");
            assertThat(answer(proxy, connect(HOST + ":443"))).contains("Code: mitm-unavailable");
        }
        assertThat(start.ended("check").out())
                .contains("MITM         off", "warnings     the ACL has mitm_domains (1) and there is no authority");
    }

    private static void assertRefused(By by, Setting<?> given, Path file, Setting<?> missing) throws Exception {
        ChildProcess.Ended refused = by.with(given, file).ended();

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .contains(by == By.FLAGS ? given.flag() : given.key())
                .contains("expected " + missing.flag() + " or " + missing.key() + " too");
    }

    private By.Start start(By by) {
        return by.with(PolicySettings.ACL_FILE, acl)
                .with(PolicySettings.ALLOW_MISSING_ROLE, "true")
                .with(PolicySettings.ALLOW_RANGES, "127.0.0.0/8");
    }

    private By.Start mitm(By by) {
        return start(by)
                .with(InterceptionSettings.CA_CERT_FILE, certificate)
                .with(InterceptionSettings.CA_KEY_FILE, key);
    }

    private String insideAnswer(ChildProcess proxy, String address) throws Exception {
        try (RawClient tunnel = connection(proxy);
                SSLSocket tls = inside(tunnel, address)) {
            return exchange(tls, address);
        }
    }

    /** {@return TLS inside of a tunnel, with the certificate verified for the host} */
    private SSLSocket inside(RawClient tunnel, String address) throws Exception {
        assertThat(tunnel.send(connect(address)).readHead()).startsWith("HTTP/1.1 200 ");
        SSLSocket tls =
                (SSLSocket) authority.clientTls().getSocketFactory().createSocket(tunnel.socket(), HOST, 443, true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }

    private static String exchange(SSLSocket tls, String host) throws Exception {
        String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
        tls.getOutputStream().write(request.getBytes(US_ASCII));
        return new String(tls.getInputStream().readAllBytes(), UTF_8);
    }
}
