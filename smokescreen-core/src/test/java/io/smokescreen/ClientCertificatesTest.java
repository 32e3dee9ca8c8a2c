package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.Metric;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestIssuance;
import io.smokescreen.testing.TestProxy;
import io.smokescreen.testing.TlsImplementation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
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

    @BeforeEach
    void createAuthority() throws GeneralSecurityException, IOException {
        authority = TestCertificates.create();
    }

    @ParameterizedTest
    @MethodSource("io.smokescreen.testing.TlsImplementation#all")
    void certificateOfTheAuthority_isLetIn(TlsImplementation tls) throws Exception {
        assertThat(outcome(tls, authority.issue("CN=known"))).isEqualTo(LET_IN);
    }

    @ParameterizedTest
    @MethodSource("io.smokescreen.testing.TlsImplementation#all")
    void expired_isRefused(TlsImplementation tls) throws Exception {
        Identity client = authority
                .issuing("CN=known")
                .validUntil(Instant.now().minusSeconds(60))
                .issue();
        assertThat(outcome(tls, client)).isEqualTo(tls.alert("certificate_expired"));
    }

    @ParameterizedTest
    @MethodSource("io.smokescreen.testing.TlsImplementation#all")
    void notYetValid_isRefused(TlsImplementation tls) throws Exception {
        Identity client = authority
                .issuing("CN=known")
                .validFrom(Instant.now().plusSeconds(600))
                .issue();
        assertThat(outcome(tls, client)).isEqualTo(tls.alert("bad_certificate"));
    }

    @ParameterizedTest
    @MethodSource("io.smokescreen.testing.TlsImplementation#all")
    void anotherAuthorityOfTheSameName_isRefused(TlsImplementation tls) throws Exception {
        assertThat(outcome(tls, TestCertificates.create().issue("CN=known"))).isEqualTo(tls.alert("unknown_ca"));
    }

    @ParameterizedTest
    @MethodSource("io.smokescreen.testing.TlsImplementation#all")
    void selfSigned_isRefused(TlsImplementation tls) throws Exception {
        assertThat(outcome(tls, TestCertificates.create("CN=known").authority()))
                .isEqualTo(tls.alert("unknown_ca"));
    }

    @ParameterizedTest
    @MethodSource("io.smokescreen.testing.TlsImplementation#all")
    void certificateForServersOnly_isRefused(TlsImplementation tls) throws Exception {
        Identity client = authority
                .issuing("CN=known")
                .purpose(KeyPurposeId.id_kp_serverAuth)
                .issue();
        assertThat(outcome(tls, client)).isEqualTo(tls.alert("unsupported_certificate"));
    }

    @ParameterizedTest
    @MethodSource("io.smokescreen.testing.TlsImplementation#all")
    void certificateWhoseKeyMayNotSign_isRefused(TlsImplementation tls) throws Exception {
        Identity client =
                authority.issuing("CN=known").usage(KeyUsage.keyEncipherment).issue();
        // BoringSSL sees that by itself with TLS 1.3, before it asks anybody.
        assertThat(outcome(tls, client)).isIn(tls.alert("unsupported_certificate"), "illegal_parameter");
    }

    @ParameterizedTest
    @MethodSource("io.smokescreen.testing.TlsImplementation#all")
    void certificateForClients_isLetIn(TlsImplementation tls) throws Exception {
        Identity client = authority
                .issuing("CN=known")
                .purpose(KeyPurposeId.id_kp_clientAuth)
                .issue();
        assertThat(outcome(tls, client)).isEqualTo(LET_IN);
    }

    @ParameterizedTest
    @MethodSource("io.smokescreen.testing.TlsImplementation#all")
    void leafThatIssued_isNoAuthority(TlsImplementation tls) throws Exception {
        Identity leaf = authority.issue("CN=leaf");
        Identity client = TestIssuance.by(leaf, "CN=known").issue().with(leaf.certificate());
        assertThat(outcome(tls, client)).isEqualTo(tls.alert("unknown_ca"));
    }

    @ParameterizedTest
    @MethodSource("io.smokescreen.testing.TlsImplementation#all")
    void intermediateThatIsSent_leadsToTheAuthority(TlsImplementation tls) throws Exception {
        TestCertificates intermediate = authority.intermediate("CN=Intermediate");
        Identity client = intermediate.issue("CN=known").with(intermediate.certificate());
        assertThat(outcome(tls, client)).isEqualTo(LET_IN);
    }

    @ParameterizedTest
    @MethodSource("io.smokescreen.testing.TlsImplementation#all")
    void intermediateThatIsNotSent_isRefused(TlsImplementation tls) throws Exception {
        Identity client = authority.intermediate("CN=Intermediate").issue("CN=known");
        assertThat(outcome(tls, client)).isEqualTo(tls.alert("unknown_ca"));
    }

    @ParameterizedTest
    @MethodSource("io.smokescreen.testing.TlsImplementation#all")
    void revoked_isRefused(TlsImplementation tls) throws Exception {
        Identity client = authority.issue("CN=known");
        assertThat(outcome(
                        tls,
                        client,
                        revocation(authority.revoking(client.certificate()).build())))
                .isEqualTo(tls.alert("certificate_revoked"));
    }

    @ParameterizedTest
    @MethodSource("io.smokescreen.testing.TlsImplementation#all")
    void anotherOneRevoked_isLetIn(TlsImplementation tls) throws Exception {
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

    private String outcome(TlsImplementation tls, Identity client) throws Exception {
        return outcome(tls, client, UnaryOperator.identity());
    }

    private String outcome(TlsImplementation tls, Identity client, UnaryOperator<TlsOptions> customize)
            throws Exception {
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
    static String outcome(InetSocketAddress proxy, SSLContext tls, String version) {
        try (RawClient client = RawClient.connectTls(proxy, tls, version)) {
            return client.send(REQUEST).readHead().lines().findFirst().orElse("");
        } catch (UncheckedIOException e) {
            String message = String.valueOf(e.getMessage());
            return message.substring(message.lastIndexOf(' ') + 1);
        }
    }
}
