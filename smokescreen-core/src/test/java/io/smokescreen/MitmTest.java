package io.smokescreen;

import static io.smokescreen.MitmFixture.INSIDE;
import static io.smokescreen.MitmFixture.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECParameterSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests inside of a tunnel that the proxy looks into. */
class MitmTest {

    @Test
    void request_reachesItsOriginWithTheFieldsOfItsRule() throws Exception {
        try (MitmFixture fixture = MitmFixture.start();
                RawClient client = fixture.inside()) {
            HttpReply reply = ask(
                    client,
                    "GET /p?q=1 HTTP/1.1",
                    "Host: " + fixture.at(INSIDE),
                    "X-Tenant: mine",
                    "x_tenant: mine",
                    "Connection: accept-language",
                    "X-Smokescreen-Role: root");

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body().lines())
                    .containsExactlyInAnyOrder(
                            "GET /p?q=1 HTTP/1.1",
                            "host: " + fixture.at(INSIDE),
                            "X-Tenant: ours",
                            "Accept-Language: el",
                            "");
        }
    }

    @Test
    void tunnel_carriesOneRequestAfterTheOther_onOneConnectionToTheOrigin() throws Exception {
        try (MitmFixture fixture = MitmFixture.start();
                RawClient client = fixture.inside()) {
            for (int i = 0; i < 3; i++) {
                assertThat(ask(client, "GET /" + i + " HTTP/1.1", "Host: " + fixture.at(INSIDE))
                                .body())
                        .startsWith("GET /" + i);
            }
            assertThat(fixture.origin().accepted()).isEqualTo(1);
        }
    }

    @Test
    void otherHost_isDecidedByItsOwnRuleAndGetsItsOwnFields() throws Exception {
        try (MitmFixture fixture = MitmFixture.start();
                RawClient client = fixture.inside()) {
            String byHost = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at("other.allowed.test"))
                    .body();
            String byTarget = ask(client, "GET https://" + fixture.at("other.allowed.test") + "/ HTTP/1.1", "Host: x")
                    .body();
            String plain = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at("plain.allowed.test"))
                    .body();

            assertThat(List.of(byHost, byTarget))
                    .allMatch(head -> head.contains("X-Other: theirs") && !head.contains("X-Tenant"));
            assertThat(plain).contains("plain.allowed.test").doesNotContain("X-Other", "X-Tenant");
        }
    }

    @Test
    void hostThatIsNotAllowed_isRefusedInside_andTheTunnelStays() throws Exception {
        try (MitmFixture fixture = MitmFixture.start();
                RawClient client = fixture.inside()) {
            HttpReply refused = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at("evil.test"));
            HttpReply allowed = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE));

            assertThat(refused.status()).isEqualTo(407);
            assertThat(refused.header("X-Smokescreen-Error-Code")).isEqualTo("acl-denied");
            assertThat(refused.body())
                    .startsWith("Egress proxying is denied to host '" + fixture.at("evil.test") + "': ");
            assertThat(allowed.status()).isEqualTo(200);
            assertThat(fixture.proxy().dns().count("evil.test")).isZero();
        }
    }

    @Test
    void role_isThatOfTheConnect() throws Exception {
        try (MitmFixture fixture = MitmFixture.start(
                        MitmFixture::echoHeads,
                        builder -> builder.roleExtractor(RoleExtractors.header("X-Role", List.of("127.0.0.1/32"))));
                RawClient client = fixture.proxy().connect()) {
            client.send("CONNECT " + fixture.at(INSIDE) + " HTTP/1.1\r\nHost: x\r\nX-Role: restricted\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            RawClient inside = client.startTls(fixture.clientTls(), "TLSv1.3");

            HttpReply own = ask(inside, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE));
            HttpReply others =
                    ask(inside, "GET / HTTP/1.1", "Host: " + fixture.at("other.allowed.test"), "X-Role: nobody");

            assertThat(own.body()).startsWith("GET / ").doesNotContain("X-Tenant");
            assertThat(others.status()).isEqualTo(407);
            assertThat(fixture.proxy().decisions())
                    .extracting(line -> line.get("role"))
                    .containsOnly("restricted");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            OPTIONS * HTTP/1.1~Host: in.allowed.test
            GET * HTTP/1.1~Host: in.allowed.test
            CONNECT in.allowed.test:443 HTTP/1.1~Host: in.allowed.test:443
            GET http://in.allowed.test/ HTTP/1.1~Host: in.allowed.test
            GET / HTTP/1.1
            GET / HTTP/1.1~Host: in.allowed.test~Host: in.allowed.test
            GET / HTTP/1.1~Host: in.allowed.test~Content-Length: 1~Transfer-Encoding: chunked
            garbage
            """)
    void malformedRequest_isRefusedInside(String head) throws Exception {
        try (MitmFixture fixture = MitmFixture.start();
                RawClient client = fixture.inside()) {
            client.send(head.replace("~", "\r\n") + "\r\n\r\n");

            assertThat(HttpReply.read(client).status()).isEqualTo(400);
            assertThat(client.readAll()).isEmpty();
            assertThat(fixture.origin().accepted()).isZero();
        }
    }

    @Test
    void healthCheck_isTheOriginsBusiness() throws Exception {
        try (MitmFixture fixture = MitmFixture.start();
                RawClient client = fixture.inside()) {
            assertThat(ask(client, "GET /healthcheck HTTP/1.1", "Host: " + fixture.at(INSIDE))
                            .body())
                    .startsWith("GET /healthcheck HTTP/1.1");
        }
    }

    @Test
    void address_isVettedForEachRequest() throws Exception {
        try (MitmFixture fixture = MitmFixture.start()) {
            fixture.proxy().dns().answerFor(0, INSIDE, "127.0.0.2");
            try (RawClient client = fixture.inside()) {
                fixture.proxy().dns().answerFor(0, INSIDE, "127.0.0.1");

                HttpReply reply = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE));

                assertThat(reply.status()).isEqualTo(407);
                assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("address-denied");
            }
        }
    }

    @Test
    void connectToAnAddressThatIsDenied_isRefusedBeforeTls() throws Exception {
        try (MitmFixture fixture = MitmFixture.start()) {
            fixture.proxy().dns().answer(INSIDE, "10.0.0.1");
            try (RawClient client = fixture.proxy().connect()) {
                client.send("CONNECT " + fixture.at(INSIDE) + " HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(HttpReply.read(client).header("X-Smokescreen-Error-Code"))
                        .isEqualTo("address-denied");
            }
        }
    }

    @Test
    void withoutAnAuthority_theTunnelIsRefused() throws Exception {
        try (MitmFixture fixture = MitmFixture.start();
                TestProxy blind =
                        TestProxy.start(builder -> builder.aclPolicy(Acl.fromYaml("mitm.yaml", MitmFixture.ACL)));
                RawClient client = blind.connect()) {
            client.send("CONNECT " + fixture.at(INSIDE) + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(HttpReply.read(client).header("X-Smokescreen-Error-Code"))
                    .isEqualTo("mitm-unavailable");
        }
    }

    @Test
    void log_hasALineForTheTunnelAndOneForEachRequest() throws Exception {
        try (MitmFixture fixture = MitmFixture.start();
                RawClient client = fixture.inside()) {
            ask(
                    client,
                    "GET /p?q=1 HTTP/1.1",
                    "Host: " + fixture.at(INSIDE),
                    "User-Agent: test/1",
                    "Cookie: secret",
                    "Authorization: Basic c2VjcmV0");
            ask(client, "GET / HTTP/1.1", "Host: " + fixture.at("other.allowed.test"), "Cookie: secret");

            List<Map<String, Object>> lines = fixture.proxy().decisions();
            assertThat(lines).hasSize(3);
            assertThat(lines.get(0))
                    .containsEntry("proxy_type", "connect")
                    .containsEntry("requested_host", fixture.at(INSIDE))
                    .containsEntry("allow", true)
                    .doesNotContainKeys("mitm_req_url", "outbound_remote_addr");
            assertThat(lines.get(1))
                    .containsEntry("proxy_type", "http")
                    .containsEntry("requested_host", fixture.at(INSIDE))
                    .containsEntry("trace_id", "t1")
                    .containsEntry("mitm_req_url", "https://" + fixture.at(INSIDE) + "/p?q=1")
                    .containsEntry("mitm_req_method", "GET")
                    .containsEntry(
                            "mitm_req_headers",
                            Map.of(
                                    "Host", List.of("[REDACTED]"),
                                    "User-Agent", List.of("test/1"),
                                    "Cookie", List.of("[REDACTED]"),
                                    "Authorization", List.of("[REDACTED]")));
            assertThat(lines.get(2))
                    .containsEntry("requested_host", fixture.at("other.allowed.test"))
                    .doesNotContainKeys("mitm_req_url", "mitm_req_method", "mitm_req_headers");
            assertThat(lines.toString()).doesNotContain("secret", "c2VjcmV0");
        }
    }

    @Test
    void connectionsToOrigins_haveTheirCloseLines() throws Exception {
        try (MitmFixture fixture = MitmFixture.start()) {
            try (RawClient client = fixture.inside()) {
                ask(client, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE));
                ask(client, "GET / HTTP/1.1", "Host: " + fixture.at("other.allowed.test"));
            }
            fixture.proxy().smokescreen().close();
            await().untilAsserted(() -> assertThat(fixture.proxy().closes()).hasSize(2));
        }
    }

    @Test
    void fieldsOfARule_areNotSentInTheClear() throws Exception {
        try (MitmFixture fixture = MitmFixture.start();
                TestOrigin origin = TestOrigin.start(MitmFixture::echoHeads);
                RawClient client = fixture.proxy().connect()) {
            String url = "http://" + INSIDE + ":" + origin.port() + "/p";

            String head = ask(client, "GET " + url + " HTTP/1.1", "Host: x", "Cookie: secret")
                    .body();

            assertThat(head).startsWith("GET /p HTTP/1.1").doesNotContain("X-Tenant", "Accept-Language");
            assertThat(fixture.proxy().decisions().get(0)).containsEntry("mitm_req_url", url);
        }
    }

    /** A key in a module that hangs must hold neither the client nor its place among the tunnels. */
    @Test
    void certificateThatIsNotMintedInTime_isARefusal() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        try (MitmFixture fixture = MitmFixture.start(
                MitmFixture::echoHeads,
                builder -> builder.mitm(withKeyThat(hang))
                        .timeouts(TimeoutOptions.defaults().withConnect(Duration.ofMillis(300)))
                        .limits(LimitOptions.defaults().withMaxConcurrentTunnels(1)))) {
            try {
                for (int i = 0; i < 2; i++) {
                    try (RawClient client = fixture.proxy().connect()) {
                        client.send("CONNECT " + fixture.at(INSIDE) + " HTTP/1.1\r\nHost: x\r\n\r\n");
                        assertThat(HttpReply.read(client).header("X-Smokescreen-Error-Code"))
                                .isEqualTo("mitm-unavailable");
                    }
                }
            } finally {
                hang.countDown();
            }
        }
    }

    @Test
    void fieldsOfARule_areSetWhereverTheProxySeesARequest() throws Exception {
        try (MitmFixture fixture = MitmFixture.start();
                RawClient client = fixture.proxy().connect()) {
            String head = ask(
                            client,
                            "GET https://" + fixture.at(INSIDE) + "/p HTTP/1.1",
                            "Host: " + fixture.at(INSIDE),
                            "X-Tenant: mine")
                    .body();

            assertThat(head)
                    .startsWith("GET /p HTTP/1.1")
                    .contains("X-Tenant: ours")
                    .doesNotContain("mine");
        }
    }

    private static MitmOptions withKeyThat(CountDownLatch hangs) {
        try {
            TestCertificates.Identity authority =
                    TestCertificates.create("CN=slow authority").authority();
            return MitmOptions.of(new HangingKey((ECPrivateKey) authority.key(), hangs), authority.chain());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key that the threads which mint get only once the latch is open. */
    private record HangingKey(ECPrivateKey key, CountDownLatch hangs) implements ECPrivateKey {

        private static final long serialVersionUID = 1;

        @Override
        public BigInteger getS() {
            hangWhereMinted();
            return key.getS();
        }

        @Override
        public byte[] getEncoded() {
            hangWhereMinted();
            return key.getEncoded();
        }

        @Override
        public ECParameterSpec getParams() {
            return key.getParams();
        }

        @Override
        public String getAlgorithm() {
            return key.getAlgorithm();
        }

        @Override
        public String getFormat() {
            return key.getFormat();
        }

        private void hangWhereMinted() {
            if (Thread.currentThread().getName().contains("mitm")) {
                try {
                    hangs.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
