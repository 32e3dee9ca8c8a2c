package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestProxy;
import io.smokescreen.testing.TestProxy.Measurement;
import io.smokescreen.testing.TlsImplementation;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients whom no trust manager looks at any more, or one that knows too little: those that resume a session, and those that
 * connected before a reload. What is in force when the handshake ends decides.
 */
@NullUnmarked // set before each test
class HandshakeAfterReloadTest {

    private static final String ALL = "io.smokescreen.testing.TlsImplementation#all";
    private static final String REQUEST = "GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String LET_IN = "HTTP/1.1 407 Request rejected by proxy";

    private TestCertificates authority;
    private Identity identity;
    private volatile TlsOptions tls;

    @BeforeEach
    void createCertificates() throws GeneralSecurityException, IOException {
        authority = TestCertificates.create();
        identity = authority.issue("CN=known");
        tls = authority.proxyTls();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void revokedSinceItConnected_isRefusedInAFullHandshake(TlsImplementation implementation) throws Exception {
        try (TestProxy proxy = start(implementation);
                RawClient tcp = proxy.connect()) {
            awaitAccepted(proxy);
            revoke(proxy);

            assertThat(answerTo(tcp.startTls(authority.clientTls(identity), implementation.version())))
                    .isEmpty();
            assertRefused(proxy, "revoked");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void revokedSinceItConnected_isRefusedInAResumedHandshake(TlsImplementation implementation) throws Exception {
        SSLContext client = authority.clientTls(identity);
        try (TestProxy proxy = start(implementation);
                RawClient tcp = proxy.connect()) {
            long session = session(proxy, client, implementation);
            awaitAccepted(proxy);
            revoke(proxy);

            RawClient resumed = tcp.startTls(client, implementation.version());

            assertThat(creationTime(resumed)).as("resumed").isEqualTo(session);
            assertThat(answerTo(resumed)).isEmpty();
            assertRefused(proxy, "revoked");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void sessionFromBeforeTheReload_isNotResumed_andTheClientGetsAnAlert(TlsImplementation implementation)
            throws Exception {
        SSLContext client = authority.clientTls(identity);
        try (TestProxy proxy = start(implementation)) {
            session(proxy, client, implementation);
            revoke(proxy);

            assertThat(ClientCertificatesTest.outcome(proxy.address(), client, implementation.version()))
                    .isEqualTo(implementation.alert("certificate_revoked"));
            assertRefused(proxy, "revoked");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void authorityTakenAwaySinceItConnected_refusesAResumedHandshake(TlsImplementation implementation)
            throws Exception {
        SSLContext client = authority.clientTls(identity);
        try (TestProxy proxy = start(implementation);
                RawClient tcp = proxy.connect()) {
            long session = session(proxy, client, implementation);
            awaitAccepted(proxy);
            tls = tls.withClientAuthorities(List.of(TestCertificates.create().certificate()));
            proxy.smokescreen().reload();

            RawClient resumed = tcp.startTls(client, implementation.version());

            assertThat(creationTime(resumed)).as("resumed").isEqualTo(session);
            assertThat(answerTo(resumed)).isEmpty();
            assertRefused(proxy, "untrusted");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void certificateRequiredSinceItConnected_refusesAClientWithoutOne(TlsImplementation implementation)
            throws Exception {
        try (TestProxy proxy = start(implementation);
                RawClient tcp = proxy.connect()) {
            awaitAccepted(proxy);
            tls = tls.withClientCertificateRequired(true);
            proxy.smokescreen().reload();

            assertThat(answerTo(tcp.startTls(authority.clientTls(), implementation.version())))
                    .isEmpty();
            assertRefused(proxy, "missing");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void expiredSinceItsSession_isRefusedInAResumedHandshake(TlsImplementation implementation) throws Exception {
        Instant end = Instant.now().plusSeconds(4);
        identity = authority.issuing("CN=known").validUntil(end).issue();
        SSLContext client = authority.clientTls(identity);
        try (TestProxy proxy = start(implementation)) {
            long session = session(proxy, client, implementation);
            await().atMost(Duration.ofSeconds(10)).until(() -> Instant.now().isAfter(end.plusSeconds(1)));

            RawClient resumed = RawClient.connectTls(proxy.address(), client, implementation.version());

            assertThat(creationTime(resumed)).as("resumed").isEqualTo(session);
            assertThat(answerTo(resumed)).isEmpty();
            assertRefused(proxy, "expired");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void nothingChanged_theSessionIsResumedAndTheRoleIsTheSame(TlsImplementation implementation) throws Exception {
        SSLContext client = authority.clientTls(identity);
        try (TestProxy proxy = start(implementation)) {
            long session = session(proxy, client, implementation);

            RawClient resumed = RawClient.connectTls(proxy.address(), client, implementation.version());

            assertThat(creationTime(resumed)).as("resumed").isEqualTo(session);
            assertThat(answerTo(resumed)).isEqualTo(LET_IN);
            await().until(() -> proxy.decisions().size() == 2);
            assertThat(proxy.decisions().get(1)).containsEntry("role", "known");
        }
    }

    private TestProxy start(TlsImplementation implementation) {
        tls = tls.withProvider(implementation.provider());
        return TestProxy.reloadable(
                () -> Rules.defaults()
                        .withAclPolicy(Acl.fromYaml("acl.yaml", "version: v1\nservices: []\n"))
                        .withTls(tls),
                builder -> builder.allowMissingRole(false).eventLoopThreads(1));
    }

    /** Connections are accepted in their order, so one that is answered was accepted after those before it. */
    private void awaitAccepted(TestProxy proxy) throws GeneralSecurityException, IOException {
        try (RawClient later = RawClient.connectTls(proxy.address(), authority.clientTls(), "TLSv1.3")) {
            assertThat(answerTo(later)).startsWith("HTTP");
        }
    }

    private void revoke(TestProxy proxy) throws GeneralSecurityException, IOException {
        tls = tls.withRevocationLists(
                List.of(authority.revoking(identity.certificate()).build()));
        proxy.smokescreen().reload();
    }

    /** Makes a session that can be resumed, and returns when it was made, which tells it from others. */
    private long session(TestProxy proxy, SSLContext client, TlsImplementation implementation) {
        RawClient first = RawClient.connectTls(proxy.address(), client, implementation.version());
        assertThat(answerTo(first)).isEqualTo(LET_IN); // with TLS 1.3 the ticket comes after the handshake
        long time = creationTime(first);
        await().until(() -> System.currentTimeMillis() > time);
        return time;
    }

    private static long creationTime(RawClient client) {
        return ((SSLSocket) client.socket()).getSession().getCreationTime();
    }

    private static String answerTo(RawClient client) {
        try (client) {
            return client.send(REQUEST).readHead().lines().findFirst().orElse("");
        }
    }

    private static void assertRefused(TestProxy proxy, String reason) {
        assertThat(proxy.measurements())
                .filteredOn(each -> each.metric() == Metric.TLS_HANDSHAKE_ERROR)
                .containsExactly(new Measurement(Metric.TLS_HANDSHAKE_ERROR, 1, List.of(reason)));
    }
}
