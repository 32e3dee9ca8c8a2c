package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.AclPolicy;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates and authorities that are replaced while the proxy runs: new handshakes see them, open connections do not. */
@NullUnmarked // set before each test
class ReloadTlsTest {

    private TestCertificates authority;
    private volatile TlsOptions tls;

    @BeforeEach
    void createCertificates() throws GeneralSecurityException, IOException {
        authority = TestCertificates.create();
        tls = authority.proxyTls();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void certificate_isShownToNewConnections_andOldOnesGoOn(String version) throws Exception {
        SSLContext client = authority.clientTls(authority.issue("CN=known"));
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.reloadable(this::load, builder -> builder.allowMissingRole(false));
                RawClient tunnel = RawClient.connectTls(proxy.address(), client, version);
                RawClient waiting = RawClient.connectTls(proxy.address(), client, version)) {
            tunnel.send("CONNECT " + TestProxy.OPEN_ADDRESS + ":" + origin.port() + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(tunnel.readHead()).startsWith("HTTP/1.1 200 ");
            Certificate first = certificateOf(waiting);
            assertThat(certificateOf(tunnel)).isEqualTo(first);
            tls = authority.proxyTls();

            ReloadReport report = proxy.smokescreen().reload();

            assertThat(report.tlsChanged()).isTrue();
            try (RawClient fresh = RawClient.connectTls(proxy.address(), authority.clientTls(), version)) {
                X509Certificate second = certificateOf(fresh);
                assertThat(second).isNotEqualTo(first);
                assertThat(report.changes())
                        .containsExactly(
                                "TLS: new connections use the new options",
                                "TLS certificate: now CN=smokescreen serial "
                                        + second.getSerialNumber().toString(16) + ", until "
                                        + second.getNotAfter().toInstant());
            }
            assertThat(tunnel.send("still here").read(10)).asString().isEqualTo("still here");
            assertThat(refusal(waiting)).isEqualTo("acl-denied");
        }
    }

    @Test
    void sessions_areResumedAcrossAReloadThatLeavesTlsAsItIs() throws Exception {
        SSLContext client = authority.clientTls(authority.issue("CN=known"));
        try (TestProxy proxy = TestProxy.reloadable(this::load, builder -> builder.allowMissingRole(false))) {
            SSLSession first = sessionOf(proxy, client);
            assertThat(sessionOf(proxy, client).getCreationTime()).isEqualTo(first.getCreationTime());

            assertThat(proxy.smokescreen().reload().tlsChanged()).isFalse();

            assertThat(sessionOf(proxy, client).getCreationTime()).isEqualTo(first.getCreationTime());
        }
    }

    private static SSLSession sessionOf(TestProxy proxy, SSLContext client) {
        try (RawClient connection = RawClient.connectTls(proxy.address(), client, "TLSv1.2")) {
            return ((SSLSocket) connection.socket()).getSession();
        }
    }

    private static X509Certificate certificateOf(RawClient client) throws SSLPeerUnverifiedException {
        return (X509Certificate) ((SSLSocket) client.socket()).getSession().getPeerCertificates()[0];
    }

    /** Sends a request that is denied, which is an answer as well. */
    private static String refusal(RawClient client) {
        client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");
        return HttpReply.read(client).header("X-Smokescreen-Error-Code");
    }

    private Rules load() {
        AclPolicy acl = Acl.fromYaml(
                "acl.yaml",
                "version: v1\nservices: [{name: known, action: enforce, allowed_domains: [" + TestProxy.OPEN_ADDRESS
                        + "]}]\n");
        return Rules.defaults()
                .withAclPolicy(acl)
                .withAddressRules(TestProxy.OPEN)
                .withTls(tls);
    }
}
