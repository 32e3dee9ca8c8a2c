package io.smokescreen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.testing.Command;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestIssuance;
import io.smokescreen.testing.TestPem;
import io.smokescreen.testing.TestProxy;
import io.smokescreen.testing.TlsImplementation;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The clients that people have: {@code openssl s_client} and {@code curl}, against a running proxy. */
class OpensslClientTest {

    private static final String ALL = "io.smokescreen.testing.TlsImplementation#all";
    private static final String REQUEST = "GET http://evil.test/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private TestCertificates authority;

    @BeforeEach
    void createAuthority() throws GeneralSecurityException, IOException {
        authority = TestCertificates.create();
    }

    /** BoringSSL, as Netty uses it, knows no Ed25519. */
    static Stream<Arguments> keys() {
        return Stream.of("EC", "RSA", "Ed25519")
                .flatMap(key -> TlsImplementation.all()
                        .filter(tls -> !key.equals("Ed25519") || tls.provider() == TlsProvider.JDK)
                        .map(tls -> Arguments.of(key, tls)));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyKindOfKey_worksForClients(String algorithm, TlsImplementation tls) throws Exception {
        Identity client = authority
                .issuing("CN=known")
                .keys(TestIssuance.newKeys(algorithm))
                .issue();
        try (TestProxy proxy = start(tls.provider(), UnaryOperator.identity())) {
            String output = sClient(proxy, REQUEST, client, option(tls));

            assertThat(output).contains("HTTP/1.1 407");
            assertThat(proxy.decisions())
                    .singleElement()
                    .satisfies(line -> assertThat(line).containsEntry("role", "known"));
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyKindOfKey_worksForTheProxy(String algorithm, TlsImplementation tls) throws Exception {
        Identity server = authority
                .issuing("CN=smokescreen")
                .keys(TestIssuance.newKeys(algorithm))
                .issue();
        TlsOptions options = TlsOptions.of(server.key(), server.chain()).withProvider(tls.provider());
        try (TestProxy proxy = TestProxy.start(builder -> builder.tls(options))) {
            assertThat(run(REQUEST, "openssl", "s_client", "-connect", address(proxy), "-ign_eof", option(tls)))
                    .contains("HTTP/1.1 407");
        }
    }

    @Test
    void keyThatBoringSslCannotUse_isLeftToTheJdk_orRefused() throws Exception {
        Identity server = authority
                .issuing("CN=smokescreen")
                .keys(TestIssuance.newKeys("Ed25519"))
                .issue();
        TlsOptions options = TlsOptions.of(server.key(), server.chain());
        try (TestProxy proxy = TestProxy.start(builder -> builder.tls(options))) {
            assertThat(run(REQUEST, "openssl", "s_client", "-connect", address(proxy), "-ign_eof"))
                    .contains("HTTP/1.1 407");
        }
        SmokescreenBuilder builder = Smokescreen.builder().tls(options.withProvider(TlsProvider.OPENSSL));
        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("BoringSSL cannot use", "EdDSA", "expected RSA or EC");
    }

    /** The letter R at the beginning of a line has s_client ask for renegotiation. */
    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"JDK", "OPENSSL"})
    void renegotiation_isRefused(TlsProvider provider) throws Exception {
        Command.assumeInstalled("openssl");
        try (TestProxy proxy = start(provider, UnaryOperator.identity())) {
            Path output = directory.resolve("output.txt");
            Process client = Command.start(
                    output,
                    "openssl",
                    "s_client",
                    "-connect",
                    address(proxy),
                    "-cert",
                    pem("client.pem", authority.issue("CN=known")),
                    "-tls1_2",
                    "-crlf");
            try (Writer input = client.outputWriter(ISO_8859_1)) {
                await().until(() -> Files.readString(output, ISO_8859_1).contains("Verify return code"));
                input.append("R\n").flush();
                await().until(() -> Files.readString(output, ISO_8859_1).contains("RENEGOTIATING"));
                await().until(() -> !client.isAlive());
            } catch (IOException e) {
                assertThat(client.isAlive())
                        .as("the pipe broke because the client has ended")
                        .isFalse();
            } finally {
                client.destroyForcibly();
            }
            assertThat(output).content(ISO_8859_1).contains("alert").doesNotContain("HTTP/1.1");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"JDK", "OPENSSL"})
    void minimumVersion_refusesOlderOnes(TlsProvider provider) throws Exception {
        Identity client = authority.issue("CN=known");
        try (TestProxy proxy = start(provider, options -> options.withMinimumVersion(TlsVersion.TLS_1_3))) {
            assertThat(sClient(proxy, REQUEST, client, "-tls1_2")).contains("alert protocol version");
            assertThat(sClient(proxy, REQUEST, client, "-tls1_3")).contains("HTTP/1.1 407");
        }
        try (TestProxy proxy = start(provider, UnaryOperator.identity())) {
            String ancient = sClient(proxy, REQUEST, client, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0");
            assertThat(ancient).doesNotContain("HTTP/1.1");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void alpn_isHttp11OrNothing(TlsImplementation tls) throws Exception {
        Identity client = authority.issue("CN=known");
        try (TestProxy proxy = start(tls.provider(), UnaryOperator.identity())) {
            assertThat(sClient(proxy, REQUEST, client, option(tls), "-alpn", "h2,http/1.1"))
                    .contains("ALPN protocol: http/1.1");
            assertThat(sClient(proxy, REQUEST, client, option(tls), "-alpn", "h2"))
                    .contains("No ALPN negotiated");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void certificateRequired_refusesAClientWithoutOne(TlsImplementation tls) throws Exception {
        try (TestProxy proxy = start(tls.provider(), options -> options.withClientCertificateRequired(true))) {
            assertThat(run(REQUEST, "openssl", "s_client", "-connect", address(proxy), "-ign_eof", option(tls)))
                    .containsAnyOf("alert bad certificate", "alert certificate required", "alert handshake failure")
                    .doesNotContain("HTTP/1.1");
            assertThat(proxy.decisions()).isEmpty();
            assertThat(sClient(proxy, REQUEST, authority.issue("CN=known"), option(tls)))
                    .contains("HTTP/1.1 407");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void revoked_getsAnAlert(TlsImplementation tls) throws Exception {
        Identity client = authority.issue("CN=known");
        Path list = TestPem.write(
                directory.resolve("list.crl"),
                authority.revoking(client.certificate()).build());
        try (TestProxy proxy = start(tls.provider(), options -> options.withRevocationListFiles(List.of(list)))) {
            assertThat(sClient(proxy, REQUEST, client, option(tls)))
                    .contains("alert " + tls.alert("certificate_revoked").replace('_', ' '))
                    .doesNotContain("HTTP/1.1");
            assertThat(proxy.decisions()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void sessions_areResumed(TlsImplementation tls) throws Exception {
        Identity client = authority.issue("CN=known");
        String session = directory.resolve("session").toString();
        try (TestProxy proxy = start(tls.provider(), UnaryOperator.identity())) {
            assertThat(sClient(proxy, REQUEST, client, option(tls), "-sess_out", session))
                    .contains("New, TLS");
            assertThat(sClient(proxy, REQUEST, client, option(tls), "-sess_in", session))
                    .contains("Reused, TLS", "HTTP/1.1 407");
            assertThat(proxy.decisions())
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line).containsEntry("role", "known"));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsProvider.class,
            names = {"JDK", "OPENSSL"})
    void curl_isKnownByItsCertificate(TlsProvider provider) throws Exception {
        try (TestProxy proxy = start(provider, UnaryOperator.identity())) {
            String output = run(
                    "",
                    "curl",
                    "-sv",
                    "--proxy",
                    "https://localhost:" + proxy.address().getPort(),
                    "--proxy-insecure",
                    "--proxy-cert",
                    pem("curl.pem", authority.issue("CN=known")),
                    "https://evil.test/");
            assertThat(output).contains("HTTP/1.1 407 Request rejected by proxy");
            assertThat(proxy.decisions())
                    .singleElement()
                    .satisfies(line -> assertThat(line).containsEntry("role", "known"));
        }
    }

    private TestProxy start(TlsProvider provider, UnaryOperator<TlsOptions> customize)
            throws GeneralSecurityException, IOException {
        TlsOptions options = customize.apply(authority.proxyTls().withProvider(provider));
        return TestProxy.start(builder -> builder.tls(options).allowMissingRole(false));
    }

    private String sClient(TestProxy proxy, String input, Identity client, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect", address(proxy), "-cert"));
        command.add(pem("client.pem", client));
        command.addAll(List.of(options));
        command.add("-ign_eof");
        return run(input, command.toArray(String[]::new));
    }

    private String pem(String name, Identity identity) throws IOException {
        return TestPem.write(directory.resolve(name), TestPem.pkcs8(identity.key()), identity.certificate())
                .toString();
    }

    private static String option(TlsImplementation tls) {
        return tls.version().equals("TLSv1.2") ? "-tls1_2" : "-tls1_3";
    }

    private static String address(TestProxy proxy) {
        return "127.0.0.1:" + proxy.address().getPort();
    }

    private String run(String input, String... command) throws Exception {
        return Command.run(directory, input, command);
    }
}
