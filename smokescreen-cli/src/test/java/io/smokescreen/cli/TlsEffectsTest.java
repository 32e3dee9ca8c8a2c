package io.smokescreen.cli;

import static io.smokescreen.cli.Asking.addressOf;
import static io.smokescreen.cli.Asking.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.cli.config.TlsSettings;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestPem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the settings of TLS do to a running process. */
@Timeout(120)
class TlsEffectsTest {

    private static final String SERVED = "HTTP/1.1 407 ";

    @TempDir
    Path folder;

    private TestCertificates authority;
    private Path serverCertificate;
    private Path serverKey;
    private Path authorityFile;

    @BeforeEach
    void makeCertificates() throws Exception {
        authority = TestCertificates.create();
        Identity server = authority.issue("CN=proxy.test");
        serverCertificate = TestPem.write(folder.resolve("server.pem"), server.certificate());
        serverKey = TestPem.write(folder.resolve("server.key"), TestPem.pkcs8(server.key()));
        authorityFile = TestPem.write(folder.resolve("ca.pem"), authority.certificate());
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--tls-server-bundle-file", "--tls-server-key-file", "--tls-client-ca-file", "--tls-crl-file"})
    void clients_are_served_over_tls_unless_they_are_revoked(By by) throws Exception {
        Identity good = authority.issue("CN=web");
        Identity revoked = authority.issue("CN=gone");
        Path list = TestPem.write(
                folder.resolve("clients.crl"),
                authority.revoking(revoked.certificate()).build());
        try (ChildProcess proxy = tls(by).with(TlsSettings.CRL_FILES, list).proxy()) {
            assertThat(ask(proxy, "TLSv1.3", good)).startsWith(SERVED);
            assertThat(proxy.line("CANONICAL-PROXY-DECISION")).contains("\"inbound_remote_x509_cn\":\"web\"");
            assertThat(ask(proxy, "TLSv1.3", revoked)).doesNotContain("HTTP");
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--tls-client-auth", "--tls-min-version", "--tls-provider"})
    void a_certificate_a_version_and_a_provider_can_be_demanded(By by) throws Exception {
        Identity client = authority.issue("CN=web");
        try (ChildProcess proxy = tls(by).with(TlsSettings.CLIENT_AUTH, "require")
                        .with(TlsSettings.MIN_VERSION, "1.3")
                        .with(TlsSettings.PROVIDER, "jdk")
                        .proxy();
                ChildProcess other =
                        tls(by).with(TlsSettings.PROVIDER, "openssl").proxy()) {
            assertThat(ask(proxy, "TLSv1.3", client)).startsWith(SERVED);
            assertThat(ask(proxy, "TLSv1.3")).doesNotContain("HTTP");
            assertThat(ask(proxy, "TLSv1.2", client)).doesNotContain("HTTP");
            assertThat(ask(other, "TLSv1.2")).startsWith(SERVED);

            assertThat(loaded(proxy)).doesNotContain("netty_tcnative");
            assertThat(loaded(other)).contains("netty_tcnative");
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--tls-expired-crls", "--tls-several-common-names"})
    void expired_lists_and_ambiguous_names_can_be_refused(By by) throws Exception {
        Identity client = authority.issue("CN=web");
        Identity ambiguous = authority.issue("CN=web,CN=admin");
        Path expired = TestPem.write(
                folder.resolve("expired.crl"),
                authority
                        .revoking()
                        .thisUpdate(Instant.now().minus(Duration.ofDays(9)))
                        .nextUpdate(Instant.now().minus(Duration.ofDays(2)))
                        .build());
        try (ChildProcess proxy = tls(by).with(TlsSettings.CRL_FILES, expired)
                        .with(TlsSettings.EXPIRED_CRLS, "refuse")
                        .proxy();
                ChildProcess other =
                        tls(by).with(TlsSettings.COMMON_NAMES, "refuse").proxy()) {
            assertThat(ask(proxy, "TLSv1.3", client)).doesNotContain("HTTP");
            assertThat(ask(other, "TLSv1.3", client)).startsWith(SERVED);
            assertThat(ask(other, "TLSv1.3", ambiguous)).doesNotContain("HTTP");
        }
    }

    private By.Start tls(By by) {
        return by.with(TlsSettings.CERT_FILE, serverCertificate.toString())
                .with(TlsSettings.KEY_FILE, serverKey)
                .with(TlsSettings.CLIENT_CA_FILES, authorityFile);
    }

    /** {@return the answer, or what went wrong on the way to it} */
    private String ask(ChildProcess proxy, String version, Identity... client) throws Exception {
        try (RawClient connection = RawClient.connectTls(addressOf(proxy), authority.clientTls(client), version)) {
            assertThat(connection.socket()).isInstanceOf(SSLSocket.class);
            return connection.send(get("192.0.2.1:80")).readAllText();
        } catch (RuntimeException e) {
            return "failed: " + e;
        }
    }

    private static String loaded(ChildProcess proxy) throws Exception {
        return Files.readString(Path.of("/proc", Long.toString(proxy.pid()), "maps"));
    }
}
