package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.AclPolicy;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Certificates, authorities and revocation lists that are replaced: new handshakes see them, open connections do not. */
@NullUnmarked // set before each test
class ReloadTlsTest {

    private static final int SWAPS = 10;
    private static final int CLIENTS = 3;

    /** The number of the certificate that is about to be shown, and of the one that surely is. */
    private final AtomicInteger announced = new AtomicInteger();

    private final AtomicInteger inForce = new AtomicInteger();
    private final AtomicInteger handshakes = new AtomicInteger();

    private TestCertificates authority;
    private Identity known;
    private Identity server;
    private volatile TlsOptions tls;

    @BeforeEach
    void createCertificates() throws GeneralSecurityException, IOException {
        authority = TestCertificates.create();
        known = authority.issue("CN=known");
        server = authority.issue("CN=first");
        tls = tls(server, authority);
    }

    static Stream<Arguments> implementations() {
        return Stream.of(TlsProvider.JDK, TlsProvider.OPENSSL)
                .flatMap(provider -> Stream.of("TLSv1.2", "TLSv1.3").map(version -> Arguments.of(provider, version)));
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void certificate_isShownToNewConnections_andOldOnesGoOn(TlsProvider provider, String version) throws Exception {
        tls = tls(server, authority).withProvider(provider);
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = start();
                RawClient tunnel = RawClient.connectTls(proxy.address(), authority.clientTls(known), version);
                RawClient waiting = RawClient.connectTls(proxy.address(), authority.clientTls(known), version)) {
            tunnel.send("CONNECT " + TestProxy.OPEN_ADDRESS + ":" + origin.port() + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(tunnel.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(certificateOf(waiting)).isEqualTo(server.certificate());
            X509Certificate second = replaceCertificate(provider);

            ReloadReport report = proxy.smokescreen().reload();

            assertThat(report.tlsChanged()).isTrue();
            assertThat(report.changes())
                    .containsExactly(
                            "TLS: new connections use the new options",
                            "TLS certificate: now CN=second serial "
                                    + second.getSerialNumber().toString(16) + ", until "
                                    + second.getNotAfter().toInstant());
            try (RawClient fresh = RawClient.connectTls(proxy.address(), authority.clientTls(), version)) {
                assertThat(certificateOf(fresh)).isEqualTo(second);
            }
            assertThat(tunnel.send("still here").read(10)).asString().isEqualTo("still here");
            assertThat(refusal(waiting)).isEqualTo("acl-denied");
        }
    }

    /** A session that was made when the old authority counted is no way around the new one. */
    @ParameterizedTest
    @MethodSource("implementations")
    void authorityThatIsGone_isNotTrusted_notEvenByResumption(TlsProvider provider, String version) throws Exception {
        tls = tls(server, authority).withProvider(provider);
        SSLContext client = authority.clientTls(known);
        try (TestProxy proxy = start()) {
            assertServed(proxy, client, version);
            assertServed(proxy, client, version);
            tls = tls(server, TestCertificates.create()).withProvider(provider);

            ReloadReport report = proxy.smokescreen().reload();

            assertThat(report.changes())
                    .anySatisfy(
                            line -> assertThat(line).startsWith("TLS client authorities: 1 added (CN=Test CA serial "));
            assertRefused(proxy, client, version);
            try (RawClient anonymous = RawClient.connectTls(proxy.address(), authority.clientTls(), version)) {
                assertThat(refusal(anonymous)).isEqualTo("role-missing");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void certificateThatIsRevoked_isRefusedFromThenOn(TlsProvider provider, String version) throws Exception {
        TlsOptions before = tls(server, authority).withProvider(provider);
        tls = before.withRevocationLists(List.of(authority.revoking().build()));
        SSLContext client = authority.clientTls(known);
        try (TestProxy proxy = start()) {
            assertServed(proxy, client, version);
            tls = before.withRevocationLists(
                    List.of(authority.revoking(known.certificate()).number(2).build()));

            ReloadReport report = proxy.smokescreen().reload();

            assertThat(report.changes())
                    .contains("TLS revocation lists: 1 added (withRevocationLists), 1 removed (withRevocationLists)");
            assertRefused(proxy, client, version);
        }
    }

    @Test
    void sessions_areResumedAcrossAReloadThatLeavesTlsAsItIs() throws Exception {
        tls = tls(server, authority).withProvider(TlsProvider.JDK);
        SSLContext client = authority.clientTls(known);
        try (TestProxy proxy = start()) {
            long first = sessionCreated(proxy, client);
            assertThat(sessionCreated(proxy, client)).isEqualTo(first);
            tls = tls(server, authority).withProvider(TlsProvider.JDK); // equal, not the same

            assertThat(proxy.smokescreen().reload().tlsChanged()).isFalse();

            assertThat(sessionCreated(proxy, client)).isEqualTo(first);
        }
    }

    /** Contexts come and go while handshakes are under way. */
    @ParameterizedTest
    @MethodSource("implementations")
    void certificatesThatTakeTurns_failNoHandshake(TlsProvider provider, String version) throws Exception {
        List<Identity> servers = List.of(server, authority.issue("CN=second"));
        tls = tls(server, authority).withProvider(provider);
        SSLContext client = authority.clientTls(known); // shared, so that sessions are resumed where they can be
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try (TestProxy proxy = start()) {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(() -> {
                    while (inForce.get() < SWAPS) {
                        assertOneOf(servers, proxy, client, version);
                    }
                    return null;
                }));
            }
            for (int swap = 1; swap <= SWAPS; swap++) {
                tls = tls(servers.get(swap % 2), authority).withProvider(provider);
                announced.set(swap);
                proxy.smokescreen().reload();
                inForce.set(swap);
                assertThat(certificateNow(proxy, client, version))
                        .isEqualTo(servers.get(swap % 2).certificate());
                int enough = handshakes.get() + CLIENTS;
                await().pollInterval(Duration.ofMillis(5))
                        .atMost(Duration.ofSeconds(30))
                        .until(() ->
                                handshakes.get() >= enough || clients.stream().anyMatch(Future::isDone));
            }
            for (Future<?> each : clients) {
                each.get(30, TimeUnit.SECONDS);
            }
        } finally {
            inForce.set(SWAPS);
            threads.shutdownNow();
        }
    }

    /** The certificate shown is one that was in force at some moment of the handshake. */
    private void assertOneOf(List<Identity> servers, TestProxy proxy, SSLContext client, String version)
            throws SSLPeerUnverifiedException {
        int before = inForce.get();
        X509Certificate shown = certificateNow(proxy, client, version);
        List<X509Certificate> legal = IntStream.rangeClosed(before, announced.get())
                .mapToObj(rules -> servers.get(rules % 2).certificate())
                .toList();
        assertThat(legal).contains(shown);
        handshakes.incrementAndGet();
    }

    private static X509Certificate certificateNow(TestProxy proxy, SSLContext tls, String version)
            throws SSLPeerUnverifiedException {
        try (RawClient client = RawClient.connectTls(proxy.address(), tls, version)) {
            assertThat(refusal(client)).isEqualTo("acl-denied");
            return certificateOf(client);
        }
    }

    private X509Certificate replaceCertificate(TlsProvider provider) throws GeneralSecurityException, IOException {
        Identity second = authority.issue("CN=second");
        tls = tls(second, authority).withProvider(provider);
        return second.certificate();
    }

    private static TlsOptions tls(Identity server, TestCertificates clients) {
        return TlsOptions.of(server.key(), server.chain()).withClientAuthorities(List.of(clients.certificate()));
    }

    private static void assertServed(TestProxy proxy, SSLContext tls, String version) {
        try (RawClient client = RawClient.connectTls(proxy.address(), tls, version)) {
            assertThat(refusal(client)).isEqualTo("acl-denied");
        }
    }

    /** In the handshake, by an alert, or right after it. */
    private static void assertRefused(TestProxy proxy, SSLContext tls, String version) {
        int decisions = proxy.decisions().size();
        String answer;
        try (RawClient client = RawClient.connectTls(proxy.address(), tls, version)) {
            answer = client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n")
                    .readHead();
        } catch (UncheckedIOException e) {
            answer = "";
        }
        assertThat(answer).isEmpty();
        assertThat(proxy.decisions()).hasSize(decisions);
    }

    private static long sessionCreated(TestProxy proxy, SSLContext client) {
        try (RawClient connection = RawClient.connectTls(proxy.address(), client, "TLSv1.2")) {
            return ((SSLSocket) connection.socket()).getSession().getCreationTime();
        }
    }

    private static X509Certificate certificateOf(RawClient client) throws SSLPeerUnverifiedException {
        return (X509Certificate) ((SSLSocket) client.socket()).getSession().getPeerCertificates()[0];
    }

    /** Sends a request that is denied, which is an answer as well. */
    private static String refusal(RawClient client) {
        client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");
        HttpReply reply = HttpReply.read(client);
        assertThat(reply.status()).isEqualTo(407);
        return reply.header("X-Smokescreen-Error-Code");
    }

    private TestProxy start() {
        return TestProxy.reloadable(this::load, builder -> builder.allowMissingRole(false));
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
