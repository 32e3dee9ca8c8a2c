package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that speak TLS to the proxy, with the JDK's own sockets, and those that should. */
class TlsClientsTest {

    private static final String NAME = "a.allowed.test";
    private static final Duration LIMIT = Duration.ofMillis(700);

    @SuppressWarnings("NullAway.Init")
    private TestCertificates authority;

    @BeforeEach
    void createAuthority() throws GeneralSecurityException, IOException {
        authority = TestCertificates.create();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void role_fromTheCommonName_opensATunnel(String version) throws Exception {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = start(builder -> builder.allowMissingRole(false));
                RawClient client =
                        connect(proxy, authority.clientTls(authority.issue("CN=known,OU=payments")), version)) {
            proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);

            client.send("CONNECT " + NAME + ":" + origin.port() + " HTTP/1.1\r\nHost: x\r\n\r\nearly");
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
            assertThat(client.read(5)).asString().isEqualTo("early");

            assertThat(decision(proxy))
                    .containsEntry("role", "known")
                    .containsEntry("project", "team")
                    .containsEntry("inbound_remote_x509_cn", "known")
                    .containsEntry("inbound_remote_x509_ou", "payments");
        }
    }

    @Test
    void role_fromTheOrganizationalUnit() throws Exception {
        try (TestProxy proxy = start(builder ->
                        builder.roleExtractor(request -> request.certificate().flatMap(Roles::organizationalUnit)));
                RawClient client =
                        connect(proxy, authority.clientTls(authority.issue("CN=app-1,OU=known")), "TLSv1.3")) {
            client.send("GET http://" + NAME + "/ HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(HttpReply.read(client).status()).isEqualTo(502);
            assertThat(decision(proxy)).containsEntry("role", "known").containsEntry("project", "team");
        }
    }

    @Test
    void noCertificate_isRoleMissing_evenWithManyEarlyBytes() throws Exception {
        try (TestProxy proxy = start(builder -> builder.allowMissingRole(false));
                RawClient client = connect(proxy, authority.clientTls(), "TLSv1.3")) {
            client.send("CONNECT " + NAME + ":443 HTTP/1.1\r\nHost: x\r\n\r\n" + "E".repeat(300_000));

            HttpReply reply = HttpReply.read(client);
            assertThat(reply.status()).isEqualTo(407);
            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("role-missing");
        }
    }

    @Test
    void certificateOfAnotherAuthority_endsTheHandshake() throws Exception {
        Identity foreign = TestCertificates.create().issue("CN=known");
        try (TestProxy proxy = start(builder -> builder.allowMissingRole(true))) {
            assertThatException().isThrownBy(() -> {
                try (RawClient client = connect(proxy, authority.clientTls(foreign), "TLSv1.3")) {
                    client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n")
                            .readHead();
                }
            });

            assertThat(proxy.decisions()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\u0016\u0003\u0001\u0002"})
    void handshakeThatNeverEnds_isClosedAfterTheLimit(String part) throws Exception {
        try (TestProxy proxy = start(
                        builder -> builder.timeouts(TimeoutOptions.defaults().withReadHeader(LIMIT)));
                RawClient client = proxy.connect()) {
            long start = System.nanoTime();
            client.send(part);

            assertThat(client.readAll()).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(LIMIT.minusMillis(100), LIMIT.multipliedBy(5));
        }
    }

    @Test
    void plainHttp_isClosedUnread() throws Exception {
        try (TestProxy proxy = start(builder -> {});
                RawClient client = proxy.connect()) {
            client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");

            String answer = client.readAllText(); // nothing, or a TLS alert
            assertThat(answer).doesNotContain("HTTP").hasSizeLessThan(16);
            assertThat(proxy.decisions()).isEmpty();
        }
    }

    private TestProxy start(Consumer<SmokescreenBuilder> customize) throws GeneralSecurityException, IOException {
        TlsOptions tls = authority.proxyTls();
        return TestProxy.start(builder -> customize.accept(builder.tls(tls)));
    }

    private static RawClient connect(TestProxy proxy, SSLContext tls, String version) {
        return RawClient.connectTls(proxy.address(), tls, version);
    }

    private static Map<String, Object> decision(TestProxy proxy) {
        await().until(() -> !proxy.decisions().isEmpty());
        return proxy.decisions().get(0);
    }
}
