package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.RoleExtractor;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.RecordingOrigin;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The built-in extractors in a running proxy. What needs a password has {@link BasicAuthenticationTest}. */
class RoleExtractorsTest {

    private static final String NAME = "a.allowed.test";
    private static final List<String> LOOPBACK = List.of("127.0.0.0/8");
    private static final List<String> ELSEWHERE = List.of("192.0.2.0/24", "2001:db8::/32");
    private static final RoleExtractor HEADER = RoleExtractors.header("X-Client-Role", LOOPBACK);

    @ParameterizedTest
    @ValueSource(strings = {"X-Client-Role: known", "x-client-ROLE:known  "})
    void header_fromATrustedPeer_isTheRole(String field) throws Exception {
        try (RecordingOrigin origin = RecordingOrigin.start();
                TestProxy proxy = start(HEADER);
                RawClient client = proxy.connect()) {
            get(client, origin, field + "\r\nX-Client-Role-2: kept\r\nx_client_role: admin");

            assertThat(HttpReply.read(client).status()).isEqualTo(200);
            assertThat(decision(proxy)).containsEntry("role", "known").containsEntry("project", "team");
            assertThat(origin.visits().get(0).received().toLowerCase(Locale.ROOT))
                    .contains("x-client-role-2: kept")
                    .doesNotContain("x-client-role:", "x_client_role", "known", "admin");
        }
    }

    @Test
    void header_fromAnybodyElse_isNotTheRole_andGoesNoFurther() throws Exception {
        RoleExtractor extractor = RoleExtractors.header("X-Client-Role", ELSEWHERE);
        try (RecordingOrigin origin = RecordingOrigin.start();
                TestProxy proxy = start(extractor, builder -> builder.allowMissingRole(true));
                RawClient client = proxy.connect()) {
            get(client, origin, "X-Client-Role: known");

            assertThat(HttpReply.read(client).status()).isEqualTo(200);
            assertThat(decision(proxy)).containsEntry("role", "");
            assertThat(origin.visits().get(0).received()).doesNotContain("Client-Role", "known");
        }
    }

    @Test
    void header_inTheTrailers_goesNoFurther() throws Exception {
        try (RecordingOrigin origin = RecordingOrigin.start();
                TestProxy proxy = start(HEADER);
                RawClient client = proxy.connect()) {
            client.send(
                    "POST http://" + NAME + ":" + origin.port() + "/ HTTP/1.1\r\nHost: x\r\nX-Client-Role: known\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Client-Role: admin\r\nX-Sum: 1\r\n\r\n");

            assertThat(HttpReply.read(client).status()).isEqualTo(200);
            await().untilAsserted(() -> assertThat(origin.visits().get(0).received())
                    .contains("X-Sum: 1")
                    .doesNotContain("Role", "admin"));
        }
    }

    /** Even where a missing role is allowed: one of the two is likely to be the client's own invention. */
    @Test
    void header_twiceFromATrustedPeer_isDenied() {
        try (TestProxy proxy = start(
                        HEADER.orElse(RoleExtractor.constant("known")), builder -> builder.allowMissingRole(true));
                RawClient client = proxy.connect()) {
            client.send(
                    "GET http://a.allowed.test/ HTTP/1.1\r\nHost: x\r\nX-Client-Role: known\r\nX-Client-Role: known\r\n\r\n");

            HttpReply reply = HttpReply.read(client);
            assertThat(reply.status()).isEqualTo(407);
            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("role-failed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Client-Role:", "X-Client-Role:   ", "X-Client-Role: \u0085", "Other: known"})
    void header_thatIsNoRole_isNone(String field) {
        try (TestProxy proxy = start(HEADER);
                RawClient client = proxy.connect()) {
            client.send("GET http://a.allowed.test/ HTTP/1.1\r\nHost: x\r\n" + field + "\r\n\r\n");

            assertThat(HttpReply.read(client).header("X-Smokescreen-Error-Code"))
                    .isEqualTo("role-missing");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.0/8=known, 0.0.0.0/0=other, known",
        "127.0.0.1/32=known, 127.0.0.0/8=other, known",
        "127.0.0.0/8=other, 127.0.0.1/32=known, known",
        "10.0.0.0/8=known, ::/0=known, ''",
    })
    void source_isTheRoleOfTheMostSpecificRange(String one, String other, String role) {
        RoleExtractor extractor = RoleExtractors.source(Map.ofEntries(entry(one), entry(other)));
        try (TestProxy proxy = start(extractor);
                RawClient client = proxy.connect()) {
            client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(HttpReply.read(client).status()).isEqualTo(407);
            assertThat(decision(proxy)).containsEntry("role", role);
        }
    }

    /** An announced address counts only where the one who announces it is trusted. */
    @Test
    void addresses_areThoseThatAreAnnounced_byATrustedPeerOnly() {
        RoleExtractor extractor = RoleExtractors.header("X-Client-Role", List.of("192.0.2.7/32"))
                .orElse(RoleExtractors.source(Map.of("192.0.2.0/24", "announced", "127.0.0.0/8", "peer")));
        ProxyProtocolOptions anybody = ProxyProtocolOptions.required();

        assertThat(roleAfter("PROXY TCP4 192.0.2.8 127.0.0.1 1 2\r\n", extractor, anybody))
                .isEqualTo("peer");
        assertThat(roleAfter("PROXY TCP4 192.0.2.7 127.0.0.1 1 2\r\n", extractor, anybody))
                .isEqualTo("peer");
        ProxyProtocolOptions trusted = anybody.withTrustedRanges(LOOPBACK);
        assertThat(roleAfter("PROXY TCP4 192.0.2.8 127.0.0.1 1 2\r\n", extractor, trusted))
                .isEqualTo("announced");
        assertThat(roleAfter("PROXY TCP4 192.0.2.7 127.0.0.1 1 2\r\n", extractor, trusted))
                .isEqualTo("header");
        assertThat(roleAfter("PROXY UNKNOWN\r\n", extractor, trusted)).isEqualTo("peer");
    }

    @ParameterizedTest
    @CsvSource({"CN=known, known", "OU=known, known", "'CN=known,OU=other', known", "O=known, ''"})
    void certificate_commonNameElseOrganizationalUnit(String subject, String role) throws Exception {
        TestCertificates authority = TestCertificates.create();
        TlsOptions tls = authority.proxyTls();
        RoleExtractor extractor = RoleExtractors.commonName().orElse(RoleExtractors.organizationalUnit());
        try (TestProxy proxy = start(extractor, builder -> builder.tls(tls));
                RawClient client = RawClient.connectTls(
                        proxy.address(), authority.clientTls(authority.issue(subject)), "TLSv1.3")) {
            client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(HttpReply.read(client).status()).isEqualTo(407);
            assertThat(decision(proxy)).containsEntry("role", role);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "spiffe://example.org/web, '', spiffe://example.org/web",
        "'', web.example.com, web.example.com",
        "spiffe://example.org/web, web.example.com, spiffe://example.org/web",
        "https://example.org/web, web.example.com, web.example.com",
        "'', web.example.com other.example.com, ''",
        "'', *.example.com, ''",
        "'', 192.0.2.7, ''",
        "'', '', ''",
    })
    void certificate_spiffeIdElseDnsName(String uri, String dnsNames, String role) throws Exception {
        TestCertificates authority = TestCertificates.create();
        TlsOptions tls = authority.proxyTls();
        List<GeneralName> names = new ArrayList<>();
        for (String dnsName : dnsNames.split(" ", -1)) {
            names.add(new GeneralName(GeneralName.dNSName, dnsName));
        }
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
        names.removeIf(name -> name.getName().toString().isEmpty());
        Identity client = authority
                .issuing("CN=known")
                .names(names.toArray(GeneralName[]::new))
                .issue();
        try (TestProxy proxy =
                        start(RoleExtractors.spiffeId().orElse(RoleExtractors.dnsName()), builder -> builder.tls(tls));
                RawClient connection = RawClient.connectTls(proxy.address(), authority.clientTls(client), "TLSv1.3")) {
            connection.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(HttpReply.read(connection).status()).isEqualTo(407);
            assertThat(decision(proxy)).containsEntry("role", role);
        }
    }

    @Test
    void extractorThatAnswersLater_isWaitedFor_withAndWithoutAPolicyExecutor() {
        ExecutorService pool = Executors.newCachedThreadPool();
        RoleExtractor extractor = later(CompletableFuture.supplyAsync(
                () -> Optional.of("known"), CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS)));
        try {
            for (Executor policyExecutor : List.of(pool, (Executor) Runnable::run)) {
                try (TestProxy proxy = start(extractor, builder -> builder.policyExecutor(policyExecutor));
                        RawClient client = proxy.connect()) {
                    client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");
                    assertThat(HttpReply.read(client).header("X-Smokescreen-Error-Code"))
                            .isEqualTo("acl-denied");
                    assertThat(decision(proxy)).containsEntry("role", "known");
                }
            }
            try (TestProxy proxy = start(extractor);
                    RawClient client = proxy.connect()) {
                client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(HttpReply.read(client).header("X-Smokescreen-Error-Code"))
                        .isEqualTo("acl-denied");
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void extractorThatNeverAnswers_isADenialAfterTheLimit() {
        RoleExtractor extractor = later(new CompletableFuture<>());
        TimeoutOptions timeouts = TimeoutOptions.defaults().withPolicy(Duration.ofMillis(300));
        try (TestProxy proxy =
                        start(extractor, builder -> builder.timeouts(timeouts).allowMissingRole(true));
                RawClient client = proxy.connect()) {
            client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(HttpReply.read(client).header("X-Smokescreen-Error-Code"))
                    .isEqualTo("role-failed");
        }
    }

    @Test
    void extractorThatIsTooBusy_isToBeAskedAgain() {
        RoleExtractor extractor = later(CompletableFuture.failedFuture(new RejectedExecutionException("busy")));
        try (TestProxy proxy = start(extractor, builder -> builder.allowMissingRole(true));
                RawClient client = proxy.connect()) {
            client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");

            HttpReply reply = HttpReply.read(client);
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.header("Retry-After")).isEqualTo("1");
            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("overloaded");
        }
    }

    @Test
    void challengeThatNoHeaderCanHold_failsTheBuild() {
        RoleExtractor extractor = new RoleExtractor() {
            @Override
            public Optional<String> role(ClientRequest request) {
                return Optional.empty();
            }

            @Override
            public List<String> challenges() {
                return List.of("Basic\r\nX-Injected: 1");
            }
        };
        assertThatThrownBy(() -> Smokescreen.builder().roleExtractor(extractor).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("challenges");
    }

    @Test
    void badConfiguration_isRefusedWithWhatWouldBeRight() {
        assertRefused(
                () -> RoleExtractors.header("X Client", LOOPBACK), "'X Client' is not the name of a header field");
        assertRefused(() -> RoleExtractors.header("", LOOPBACK), "'' is not the name of a header field");
        assertRefused(() -> RoleExtractors.header("X-Role", List.of()), "nobody is trusted to send X-Role");
        assertRefused(() -> RoleExtractors.header("X-Role", List.of("localhost")), "'localhost' is not a range");
        assertRefused(() -> RoleExtractors.source(Map.of("10.0.0.1", "web")), "'10.0.0.1' is not a range");
        assertRefused(() -> RoleExtractors.source(Map.of("10.0.0.0/8", "")), "'10.0.0.0/8' cannot be a role");
        assertRefused(() -> RoleExtractors.source(Map.of("10.0.0.0/8", "a\nb")), "cannot be a role");
        assertRefused(
                () -> RoleExtractors.source(Map.of("10.0.0.0/8", "web", "10.1.1.1/8", "batch")), "has two values");
    }

    private static void assertRefused(ThrowingCallable call, String problem) {
        assertThatThrownBy(call).isInstanceOf(ConfigurationException.class).hasMessageContaining(problem);
    }

    private static String roleAfter(String proxyHeader, RoleExtractor extractor, ProxyProtocolOptions options) {
        try (TestProxy proxy = start(extractor, builder -> builder.proxyProtocol(options));
                RawClient client = proxy.connect()) {
            client.send(proxyHeader + "GET http://evil.test/ HTTP/1.1\r\nHost: x\r\nX-Client-Role: header\r\n\r\n");
            assertThat(HttpReply.read(client).status()).isEqualTo(407);
            return String.valueOf(decision(proxy).get("role"));
        }
    }

    private static void get(RawClient client, RecordingOrigin origin, String fields) {
        client.send("GET http://" + NAME + ":" + origin.port() + "/ HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n\r\n");
    }

    private static RoleExtractor later(CompletionStage<Optional<String>> answer) {
        return new RoleExtractor() {
            @Override
            public Optional<String> role(ClientRequest request) {
                throw new UnsupportedOperationException();
            }

            @Override
            public CompletionStage<Optional<String>> roleAsync(ClientRequest request) {
                return answer;
            }
        };
    }

    private static Map.Entry<String, String> entry(String text) {
        return Map.entry(text.split("=", 2)[0], text.split("=", 2)[1]);
    }

    private static TestProxy start(RoleExtractor extractor) {
        return start(extractor, builder -> {});
    }

    private static TestProxy start(RoleExtractor extractor, Consumer<SmokescreenBuilder> customize) {
        TestProxy proxy = TestProxy.start(
                builder -> customize.accept(builder.allowMissingRole(false).roleExtractor(extractor)));
        proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
        return proxy;
    }

    private static Map<String, Object> decision(TestProxy proxy) {
        await().until(() -> !proxy.decisions().isEmpty());
        return proxy.decisions().get(0);
    }
}
