package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.smokescreen.api.Metric;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestProxy;
import io.smokescreen.testing.TestProxy.Measurement;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What the names in a client's certificate, the client's own choice in part, do to roles, log lines and measurements. */
class ClientNamesTest {

    private static final String REQUEST = "GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n";

    @SuppressWarnings("NullAway.Init")
    private TestCertificates authority;

    @BeforeEach
    void createAuthority() throws GeneralSecurityException, IOException {
        authority = TestCertificates.create();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "known\nlevel=info role=root",
                "known\u0000",
                "\u0085known",
                "known\r\nX-Injected: yes",
            })
    void nameWithControlCharacters_isNoRole_andNoLineOfItsOwn(String name) throws Exception {
        Map<String, Object> decision = decision(subject(name));

        assertThat(decision)
                .containsEntry("role", "")
                .containsEntry("decision_reason", "Client role cannot be determined");
        assertThat(decision.get("inbound_remote_x509_cn"))
                .asString()
                .contains("known")
                .matches("\\P{Cntrl}*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "known ",
                " known",
                "KNOWN",
                "known,OU=payments",
                "a{\"role\":\"root\"}",
                "a|b#c:d,e@f{g}\"h\u2028i",
                "\u540d\u524d",
                "k0123456789012345678901234567890123456789012345678901234567890123456789",
            })
    void unusualName_isARoleOfItsOwn_andHarmlessElsewhere(String name) throws Exception {
        try (TestProxy proxy = start(authority.proxyTls())) {
            assertThat(answer(proxy, authority.issuing(subject(name)).issue())).isEqualTo("acl-denied");

            assertThat(proxy.decisions().get(0)).containsEntry("project", "fallback");
            assertThat(proxy.decisions().get(0).get("role")).asString().doesNotContain("\u2028");
            assertThat(proxy.measurements())
                    .flatExtracting(Measurement::tagValues)
                    .allSatisfy(tag -> assertThat(tag).matches("[A-Za-z0-9_.-]*"));
        }
    }

    @Test
    void nameOfMoreThan256Characters_isNoRole() throws Exception {
        assertThat(decision(subject("n".repeat(257)))).containsEntry("role", "");
        assertThat(decision(subject("n".repeat(256)))).containsEntry("role", "n".repeat(256));
    }

    @Test
    void noCommonName_isNoRole_andNotTheDefaultRule() throws Exception {
        try (TestProxy proxy = start(authority.proxyTls())) {
            Identity unit = authority.issue("OU=known");
            Identity alternative = authority
                    .issuing(new X500Name(""))
                    .names(new GeneralName(GeneralName.dNSName, "known"))
                    .issue();
            assertThat(answer(proxy, unit)).isEqualTo("role-missing");
            assertThat(answer(proxy, alternative)).isEqualTo("role-missing");
        }
    }

    @Test
    void severalCommonNames_theLastCounts_orTheyAreRefused() throws Exception {
        Identity client = authority.issue("CN=first,OU=payments,CN=known");
        try (TestProxy proxy = start(authority.proxyTls())) {
            assertThat(answer(proxy, client)).isEqualTo("acl-denied");
            assertThat(proxy.decisions().get(0)).containsEntry("role", "known");
        }
        try (TestProxy proxy = start(authority.proxyTls().withSeveralCommonNamesRefused(true))) {
            String outcome = ClientCertificatesTest.outcome(proxy.address(), authority.clientTls(client), "TLSv1.3");
            assertThat(outcome).isEqualTo("bad_certificate");
            assertThat(answer(proxy, authority.issue("CN=known"))).isEqualTo("acl-denied");
            assertThat(reasons(proxy)).containsExactly("several_common_names");
        }
    }

    @Test
    void refusedCertificate_getsOneCleanLineOfBoundedLength() throws Exception {
        Identity client = authority
                .issuing(subject("\r\nlevel=error msg=\"all is lost\"\u2028" + "x".repeat(5_000)))
                .validUntil(Instant.now().minusSeconds(9))
                .issue();
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("io.smokescreen.internal");
        lines.start();
        logger.addAppender(lines);
        try (TestProxy proxy = start(authority.proxyTls())) {
            ClientCertificatesTest.outcome(proxy.address(), authority.clientTls(client), "TLSv1.3");
            await().until(() -> reasons(proxy).equals(List.of("expired")));
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .singleElement()
                .asString()
                .startsWith("TLS handshake of /127.0.0.1:")
                .contains("failed (expired)")
                .matches("[\\P{Cntrl}&&[^\u2028\u2029]]*")
                .hasSizeLessThan(1_200);
    }

    @Test
    void portThatIsOnlyConnectedTo_isNoWarning() throws Exception {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("io.smokescreen.internal");
        lines.start();
        logger.addAppender(lines);
        try (TestProxy proxy = start(authority.proxyTls())) {
            proxy.connect().close();
            await().until(() -> reasons(proxy).equals(List.of("closed")));
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list).noneMatch(line -> line.getLevel().isGreaterOrEqual(Level.WARN));
    }

    @Test
    void revocationLists_areMeasured() throws Exception {
        TestCertificates second = TestCertificates.create("CN=Second \u00fc,O=x|y");
        TlsOptions tls = authority
                .proxyTls()
                .withClientAuthorities(List.of(authority.certificate(), second.certificate()))
                .withRevocationLists(List.of(
                        authority
                                .revoking()
                                .nextUpdate(Instant.now().plusSeconds(7_200))
                                .build(),
                        second.revoking()
                                .nextUpdate(Instant.now().minusSeconds(7_200))
                                .build()));
        try (TestProxy proxy = start(tls)) {
            await().until(() -> remaining(proxy).size() == 2);
            assertThat(remaining(proxy).get("CN_Test_CA")).isBetween(7_000d, 7_200d);
            assertThat(remaining(proxy).get("O_x_y_CN_Second__")).isBetween(-7_300d, -7_200d);

            assertThat(answer(proxy, authority.issue("CN=known"))).isEqualTo("acl-denied");
            assertThat(proxy.total(Metric.CRL_EXPIRED)).isZero();
            assertThat(answer(proxy, second.issue("CN=known"))).isEqualTo("acl-denied");
            assertThat(proxy.measurements())
                    .contains(new Measurement(Metric.CRL_EXPIRED, 1, List.of("O_x_y_CN_Second__")));
        }
    }

    private static Map<String, Double> remaining(TestProxy proxy) {
        Map<String, Double> values = new HashMap<>();
        proxy.measurements().stream()
                .filter(each -> each.metric() == Metric.CRL_REMAINING)
                .forEach(each -> values.put(each.tagValues().get(0), each.value()));
        return values;
    }

    private static List<String> reasons(TestProxy proxy) {
        return proxy.measurements().stream()
                .filter(each -> each.metric() == Metric.TLS_HANDSHAKE_ERROR)
                .map(each -> each.tagValues().get(0))
                .toList();
    }

    private static X500Name subject(String commonName) {
        return new X500Name(new RDN[] {new RDN(BCStyle.CN, new DERUTF8String(commonName))});
    }

    private Map<String, Object> decision(X500Name subject) throws Exception {
        try (TestProxy proxy = start(authority.proxyTls())) {
            answer(proxy, authority.issuing(subject).issue());
            return proxy.decisions().get(0);
        }
    }

    private static TestProxy start(TlsOptions tls) {
        return TestProxy.start(builder -> builder.tls(tls).allowMissingRole(false));
    }

    private String answer(TestProxy proxy, Identity client) throws GeneralSecurityException, IOException {
        try (RawClient connection = RawClient.connectTls(proxy.address(), authority.clientTls(client), "TLSv1.3")) {
            return HttpReply.read(connection.send(REQUEST)).header("X-Smokescreen-Error-Code");
        }
    }
}
