package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.Metric;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestIssuance;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which clients get in: each row of the table of hostile and outdated certificates, on each implementation and version of TLS. */
class ClientCertificatesTest {

    private static final String REQUEST = "GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n";

    /** What the proxy answers to a client that is let in: the ACL says no. */
    private static final String LET_IN = "HTTP/1.1 407 Request rejected by proxy";

    @SuppressWarnings("NullAway.Init")
    private TestCertificates authority;

    /** An implementation of TLS with a version. */
    record Tls(TlsProvider provider, String version) {

        @Override
        public String toString() {
            return provider + " " + version;
        }

        /** {@return the alert that is due: the JDK's server has one for all that is wrong with a certificate} */
        String alert(String specific) {
            return provider == TlsProvider.JDK ? "certificate_unknown" : specific;
        }
    }

    static Stream<Tls> tls() {
        return Stream.of(
                new Tls(TlsProvider.JDK, "TLSv1.2"),
                new Tls(TlsProvider.JDK, "TLSv1.3"),
                new Tls(TlsProvider.OPENSSL, "TLSv1.2"),
                new Tls(TlsProvider.OPENSSL, "TLSv1.3"));
    }

    @BeforeEach
    void createAuthority() throws GeneralSecurityException, IOException {
        authority = TestCertificates.create();
    }

    @ParameterizedTest
    @MethodSource("tls")
    void certificateOfTheAuthority_isLetIn(Tls tls) throws Exception {
        assertThat(outcome(tls, authority.issue("CN=known"))).isEqualTo(LET_IN);
    }

    @ParameterizedTest
    @MethodSource("tls")
    void expired_isRefused(Tls tls) throws Exception {
        Identity client = authority
                .issuing("CN=known")
                .validUntil(Instant.now().minusSeconds(60))
                .issue();
        assertThat(outcome(tls, client)).isEqualTo(tls.alert("certificate_expired"));
    }

    @ParameterizedTest
    @MethodSource("tls")
    void notYetValid_isRefused(Tls tls) throws Exception {
        Identity client = authority
                .issuing("CN=known")
                .validFrom(Instant.now().plusSeconds(600))
                .issue();
        assertThat(outcome(tls, client)).isEqualTo(tls.alert("bad_certificate"));
    }

    @ParameterizedTest
    @MethodSource("tls")
    void anotherAuthorityOfTheSameName_isRefused(Tls tls) throws Exception {
        assertThat(outcome(tls, TestCertificates.create().issue("CN=known"))).isEqualTo(tls.alert("unknown_ca"));
    }

    @ParameterizedTest
    @MethodSource("tls")
    void selfSigned_isRefused(Tls tls) throws Exception {
        assertThat(outcome(tls, TestCertificates.create("CN=known").authority()))
                .isEqualTo(tls.alert("unknown_ca"));
    }

    @ParameterizedTest
    @MethodSource("tls")
    void certificateForServersOnly_isRefused(Tls tls) throws Exception {
        Identity client = authority
                .issuing("CN=known")
                .purpose(KeyPurposeId.id_kp_serverAuth)
                .issue();
        assertThat(outcome(tls, client)).isEqualTo(tls.alert("unsupported_certificate"));
    }

    @ParameterizedTest
    @MethodSource("tls")
    void certificateWhoseKeyMayNotSign_isRefused(Tls tls) throws Exception {
        Identity client =
                authority.issuing("CN=known").usage(KeyUsage.keyEncipherment).issue();
        // BoringSSL sees that by itself with TLS 1.3, before it asks anybody.
        assertThat(outcome(tls, client)).isIn(tls.alert("unsupported_certificate"), "illegal_parameter");
    }

    @ParameterizedTest
    @MethodSource("tls")
    void certificateForClients_isLetIn(Tls tls) throws Exception {
        Identity client = authority
                .issuing("CN=known")
                .purpose(KeyPurposeId.id_kp_clientAuth)
                .issue();
        assertThat(outcome(tls, client)).isEqualTo(LET_IN);
    }

    @ParameterizedTest
    @MethodSource("tls")
    void leafThatIssued_isNoAuthority(Tls tls) throws Exception {
        Identity leaf = authority.issue("CN=leaf");
        Identity client = TestIssuance.by(leaf, "CN=known").issue().with(leaf.certificate());
        assertThat(outcome(tls, client)).isEqualTo(tls.alert("unknown_ca"));
    }

    @ParameterizedTest
    @MethodSource("tls")
    void intermediateThatIsSent_leadsToTheAuthority(Tls tls) throws Exception {
        TestCertificates intermediate = authority.intermediate("CN=Intermediate");
        Identity client = intermediate.issue("CN=known").with(intermediate.certificate());
        assertThat(outcome(tls, client)).isEqualTo(LET_IN);
    }

    @ParameterizedTest
    @MethodSource("tls")
    void intermediateThatIsNotSent_isRefused(Tls tls) throws Exception {
        Identity client = authority.intermediate("CN=Intermediate").issue("CN=known");
        assertThat(outcome(tls, client)).isEqualTo(tls.alert("unknown_ca"));
    }

    @ParameterizedTest
    @MethodSource("tls")
    void revoked_isRefused(Tls tls) throws Exception {
        Identity client = authority.issue("CN=known");
        assertThat(outcome(
                        tls,
                        client,
                        revocation(authority.revoking(client.certificate()).build())))
                .isEqualTo(tls.alert("certificate_revoked"));
    }

    @ParameterizedTest
    @MethodSource("tls")
    void anotherOneRevoked_isLetIn(Tls tls) throws Exception {
        Identity other = authority.issue("CN=known");
        assertThat(outcome(
                        tls,
                        authority.issue("CN=known"),
                        revocation(authority.revoking(other.certificate()).build())))
                .isEqualTo(LET_IN);
    }

    private UnaryOperator<TlsOptions> revocation(X509CRL... lists) {
        return options -> options.withRevocationLists(List.of(lists));
    }

    private String outcome(Tls tls, Identity client) throws Exception {
        return outcome(tls, client, UnaryOperator.identity());
    }

    private String outcome(Tls tls, Identity client, UnaryOperator<TlsOptions> customize) throws Exception {
        TlsOptions options = customize.apply(authority.proxyTls().withProvider(tls.provider()));
        try (TestProxy proxy = TestProxy.start(builder -> builder.tls(options).allowMissingRole(false))) {
            String outcome = outcome(proxy.address(), authority.clientTls(client), tls.version());
            if (!outcome.startsWith("HTTP")) {
                assertThat(proxy.decisions()).isEmpty();
                assertThat(proxy.total(Metric.TLS_HANDSHAKE_ERROR)).isEqualTo(1);
            }
            return outcome;
        }
    }

    /** {@return the status line, or the name of the alert} */
    private static String outcome(InetSocketAddress proxy, SSLContext tls, String version) {
        try (RawClient client = RawClient.connectTls(proxy, tls, version)) {
            return client.send(REQUEST).readHead().lines().findFirst().orElse("");
        } catch (UncheckedIOException e) {
            String message = String.valueOf(e.getMessage());
            return message.substring(message.lastIndexOf(' ') + 1);
        }
    }
}
