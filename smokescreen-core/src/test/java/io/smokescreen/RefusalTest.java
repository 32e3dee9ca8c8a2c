package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AclPolicy;
import io.smokescreen.api.Metric;
import io.smokescreen.testing.DnsMessage;
import io.smokescreen.testing.FullBacklog;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestDns;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import io.smokescreen.testing.TestProxy.Measurement;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client, the log and the metrics get for each kind of refusal, for CONNECT and for plain HTTP. */
class RefusalTest {

    private static final String NAME = "a.allowed.test";
    private static final String ROLE_UNKNOWN = "Client role cannot be determined";

    /** The two ways to ask. */
    enum Form {
        CONNECT,
        HTTP;

        String request(String authority, String fields) {
            String line = this == CONNECT ? "CONNECT " + authority : "GET http://" + authority + "/p";
            return line + " HTTP/1.1\r\nHost: " + authority + "\r\n" + fields + "\r\n";
        }
    }

    /** What is expected of a refusal. */
    private record Expected(String statusLine, String code, String message, String level, boolean allowed) {

        static Expected denied(String code, String authority, String reason) {
            String message = "Egress proxying is denied to host '" + authority + "': " + reason + ".";
            return new Expected("HTTP/1.1 407 Request rejected by proxy", code, message, "WARN", false);
        }

        static Expected badGateway(String code, String message) {
            return new Expected("HTTP/1.1 502 Bad gateway", code, message, "ERROR", true);
        }

        static Expected timeout(String code, String message) {
            return new Expected("HTTP/1.1 504 Gateway timeout", code, message, "ERROR", true);
        }
    }

    @ParameterizedTest
    @EnumSource
    void roleMissing(Form form) {
        try (TestProxy proxy = TestProxy.start(builder -> builder.allowMissingRole(false))) {
            String authority = NAME + ":443";

            refused(proxy, form, authority, Expected.denied("role-missing", authority, ROLE_UNKNOWN));

            assertThat(proxy.total(Metric.ACL_ROLE_NOT_DETERMINED)).isEqualTo(1);
            assertThat(proxy.dns().queries()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void roleExtractorThrows_isDeniedThoughRolesMayBeMissing(Form form) {
        try (TestProxy proxy = TestProxy.start(builder -> builder.roleExtractor(request -> {
            throw new IllegalStateException("role");
        }))) {
            String authority = NAME + ":443";

            refused(proxy, form, authority, Expected.denied("role-failed", authority, ROLE_UNKNOWN));

            assertThat(proxy.total(Metric.ACL_ROLE_NOT_DETERMINED)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aclDenied(Form form) {
        try (TestProxy proxy = TestProxy.start()) {
            String authority = "Evil.test.:443";

            Map<String, Object> line = refused(
                    proxy, form, authority, Expected.denied("acl-denied", authority, "default rule policy used"));

            assertThat(line).containsEntry("requested_host", "evil.test:443").containsEntry("project", "fallback");
            assertThat(line).containsEntry("enforce_would_deny", true);
            assertThat(proxy.measurements())
                    .contains(new Measurement(Metric.ACL_DENY, 1, List.of("unknown", "true", "fallback")));
            assertThat(proxy.dns().queries()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void addressDenied(Form form) {
        try (TestProxy proxy = TestProxy.start()) {
            proxy.dns().answer(NAME, "10.0.0.1");
            String authority = NAME + ":443";
            String reason =
                    "no valid IP found among resolved addresses - 10.0.0.1 denied by rule 'Deny: Private Range'";

            Map<String, Object> line =
                    refused(proxy, form, authority, Expected.denied("address-denied", authority, reason));

            assertThat(line.get("dns_lookup_time_ms")).isInstanceOf(Double.class);
            assertThat(proxy.total(Metric.RESOLVER_DENY_PRIVATE_RANGE)).isEqualTo(1);
            assertThat(proxy.total(Metric.CONNECTION_ATTEMPTS)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void addressFilterThrows_isDenied(Form form) {
        Consumer<SmokescreenBuilder> filter =
                builder -> builder.addressRules(AddressRules.defaults()).addressFilter((address, port) -> {
                    throw new IOException("filter");
                });
        try (TestProxy proxy = TestProxy.start(filter)) {
            proxy.dns().answer(NAME, "192.0.2.1");
            String authority = NAME + ":443";
            String reason =
                    "no valid IP found among resolved addresses - 192.0.2.1 denied by rule 'Deny: User Configured'";

            refused(proxy, form, authority, Expected.denied("address-denied", authority, reason));

            assertThat(proxy.total(Metric.CONNECTION_ATTEMPTS)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void nameDoesNotExist(Form form) {
        try (TestProxy proxy = TestProxy.start()) {
            String message = "Failed to resolve remote hostname: no such host";

            refused(proxy, form, NAME + ":443", Expected.badGateway("dns-failed", message));

            assertThat(proxy.total(Metric.RESOLVER_ATTEMPTS)).isEqualTo(1);
            assertThat(proxy.total(Metric.RESOLVER_ERRORS)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void dnsServerFails(Form form) {
        try (TestProxy proxy = TestProxy.start()) {
            proxy.dns().fail(NAME, DnsMessage.SERVFAIL);

            String error = ask(proxy, form, NAME + ":443", "").header("X-Smokescreen-Error");

            assertThat(error).startsWith("Failed to resolve remote hostname: ");
            refused(proxy, form, NAME + ":443", Expected.badGateway("dns-failed", error));
        }
    }

    @ParameterizedTest
    @EnumSource
    void dnsTimesOut(Form form) {
        Duration limit = Duration.ofMillis(300);
        try (TestDns silent = TestDns.start().scriptAll(query -> List.of());
                TestProxy proxy = TestProxy.start(builder -> builder.resolverOptions(
                        ResolverOptions.servers(List.of(silent.address())).withTimeout(limit)))) {
            String message = "Timed out connecting to remote host: DNS lookup timed out";

            Map<String, Object> line = refused(proxy, form, NAME + ":443", Expected.timeout("dns-timeout", message));

            assertThat((Double) line.get("dns_lookup_time_ms")).isGreaterThan(250);
            assertThat(proxy.total(Metric.RESOLVER_ERRORS)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void connectionRefused(Form form) throws IOException {
        int closed;
        try (TestOrigin left = TestOrigin.start(connection -> {})) { // on a port that the proxy is never given
            closed = left.port();
        }
        try (TestProxy proxy = TestProxy.start()) {
            proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
            String message =
                    "Failed to connect to remote host: connect to 127.0.0.2 port " + closed + ": connection refused";

            refused(proxy, form, NAME + ":" + closed, Expected.badGateway("connect-failed", message));

            assertThat(proxy.measurements())
                    .contains(new Measurement(Metric.CONNECTION_ATTEMPTS, 1, List.of("false")))
                    .contains(new Measurement(Metric.CONNECTION_ERRORS, 1, List.of("refused")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void connectTimesOut(Form form) throws IOException {
        TimeoutOptions timeouts = TimeoutOptions.defaults().withConnect(Duration.ofMillis(300));
        try (FullBacklog deaf = new FullBacklog();
                TestProxy proxy = TestProxy.start(builder -> builder.timeouts(timeouts))) {
            proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
            String message = "Timed out connecting to remote host: connect to 127.0.0.2 port " + deaf.port()
                    + ": connection timed out";

            refused(proxy, form, NAME + ":" + deaf.port(), Expected.timeout("connect-timeout", message));

            assertThat(proxy.measurements())
                    .contains(new Measurement(Metric.CONNECTION_ATTEMPTS, 1, List.of("false")))
                    .contains(new Measurement(Metric.CONNECTION_ERRORS, 1, List.of("timeout")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void policyThrows(Form form) {
        policyFails(form, request -> {
            throw new IllegalStateException("policy");
        });
    }

    @ParameterizedTest
    @EnumSource
    void policyThrowsAnError(Form form) {
        policyFails(form, request -> {
            throw new StackOverflowError("policy");
        });
    }

    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("NullAway") // what user code may do against the contract
    void policyReturnsNull(Form form) {
        policyFails(form, request -> null);
    }

    @ParameterizedTest
    @EnumSource
    void policyIsLate(Form form) {
        CountDownLatch never = new CountDownLatch(1);
        ExecutorService executor = Executors.newCachedThreadPool();
        TimeoutOptions timeouts = TimeoutOptions.defaults().withPolicy(Duration.ofMillis(200));
        AclPolicy blocked = request -> {
            never.await();
            return AclDecision.allow("too late");
        };
        try (TestProxy proxy = TestProxy.start(
                builder -> builder.aclPolicy(blocked).policyExecutor(executor).timeouts(timeouts))) {
            assertPolicyFailed(proxy, form);
        } finally {
            executor.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource
    void policyExecutorRejects(Form form) {
        try (TestProxy proxy = TestProxy.start(builder -> builder.policyExecutor(task -> {
            throw new RejectedExecutionException("full");
        }))) {
            String authority = NAME + ":443";

            refused(proxy, form, authority, Expected.denied("role-failed", authority, ROLE_UNKNOWN));
        }
    }

    @ParameterizedTest
    @EnumSource
    void policyExecutorThrowsSomethingElse(Form form) {
        try (TestProxy proxy = TestProxy.start(builder -> builder.policyExecutor(task -> {
            throw new IllegalStateException("broken");
        }))) {
            String authority = NAME + ":443";

            refused(proxy, form, authority, Expected.denied("role-failed", authority, ROLE_UNKNOWN));
        }
    }

    @ParameterizedTest
    @EnumSource
    void nextHop_notAllowedByTheAcl(Form form) {
        try (TestProxy proxy = TestProxy.start()) {
            String authority = NAME + ":443";

            refused(
                    proxy,
                    form,
                    authority,
                    "X-Upstream-Https-Proxy: http://hop.test:3128\r\n",
                    Expected.denied("acl-denied", authority, "connect proxy host not allowed in rule"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void nextHop_notAUrl(Form form) {
        try (TestProxy proxy = TestProxy.start()) {
            String authority = NAME + ":443";

            refused(
                    proxy,
                    form,
                    authority,
                    "X-Upstream-Https-Proxy: hop.test:3128\r\n",
                    Expected.denied("next-hop-invalid", authority, "the next hop asked for is not a URL"));

            assertThat(proxy.total(Metric.ACL_UPSTREAM_PROXY_PARSE_ERROR)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void denyMessageExtra_isInTheBodyOfDenialsOnly(Form form) {
        String extra = "Ask the platform team.\nhttps://wiki.test/egress";
        try (TestProxy proxy = TestProxy.start(builder -> builder.denyMessageExtra(extra))) {
            HttpReply denied = ask(proxy, form, "evil.test:443", "");
            HttpReply failed = ask(proxy, form, NAME + ":443", "");

            String message = "Egress proxying is denied to host 'evil.test:443': default rule policy used.";
            assertThat(denied.header("X-Smokescreen-Error")).isEqualTo(message);
            assertThat(denied.body()).isEqualTo(message + "\n\n" + extra);
            assertThat(failed.status()).isEqualTo(502);
            assertThat(failed.body()).doesNotContain("platform team");
        }
    }

    @Test
    void head_getsNoBody_andTheConnectionStays() {
        try (TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            String request = "HEAD http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n";
            client.send(request + request);

            HttpReply first = HttpReply.readHead(client);
            assertThat(first.statusLine()).isEqualTo("HTTP/1.1 407 Request rejected by proxy");
            assertThat(first.header("X-Smokescreen-Error-Code")).isEqualTo("acl-denied");
            assertThat(HttpReply.readHead(client)).isEqualTo(first);
        }
    }

    @Test
    void plainHttp_withAShortBody_keepsTheConnection() {
        try (TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            String request = "POST http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\nContent-Length: 4\r\n\r\n";
            client.send(request);
            assertThat(HttpReply.read(client).status()).isEqualTo(407);
            client.send("BODY" + request + "BODY");

            assertThat(HttpReply.read(client).status()).isEqualTo(407);
        }
    }

    @Test
    void plainHttp_whoseShortBodyNeverComes_isClosedAtTheHeadDeadline() {
        TimeoutOptions timeouts =
                TimeoutOptions.defaults().withReadHeader(Duration.ofMillis(500)).withKeepAlive(Duration.ofMillis(500));
        try (TestProxy proxy = TestProxy.start(builder -> builder.timeouts(timeouts));
                RawClient client = proxy.connect()) {
            client.send("POST http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\nContent-Length: 4\r\n\r\nB");

            assertThat(HttpReply.read(client).status()).isEqualTo(407);
            assertThat(client.readAll()).isEmpty();
            awaitNoRequestsInWork(proxy);
        }
    }

    @Test
    void plainHttp_whoseShortBodyIsCutByFin_isClosed() {
        try (TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            client.send("POST http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\nContent-Length: 4\r\n\r\nB");
            assertThat(HttpReply.read(client).status()).isEqualTo(407);
            client.halfClose();

            assertThat(client.readAll()).isEmpty();
            awaitNoRequestsInWork(proxy);
        }
    }

    @Test
    void plainHttp_withALongOrChunkedBody_closes() {
        try (TestProxy proxy = TestProxy.start()) {
            for (String framing : List.of("Content-Length: 100000000", "Transfer-Encoding: chunked")) {
                try (RawClient client = proxy.connect()) {
                    client.send("POST http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n" + framing + "\r\n\r\n");

                    HttpReply reply = HttpReply.read(client);
                    assertThat(reply.status()).isEqualTo(407);
                    assertThat(reply.header("Connection")).isEqualTo("close");
                    assertThat(client.readAll()).isEmpty();
                }
            }
        }
    }

    @Test
    void connect_refusedWithEarlyBytes_neverReadsThemAsARequest() throws IOException {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
            String smuggled = Form.HTTP.request(NAME + ":" + origin.port(), "");

            client.send(Form.CONNECT.request("evil.test:443", "") + smuggled.repeat(200));

            assertThat(HttpReply.read(client).status()).isEqualTo(407);
            assertThat(client.readAll()).isEmpty();
            assertThat(proxy.decisions()).hasSize(1);
            assertThat(origin.accepted()).isZero();
        }
    }

    @Test
    void originForm_isToldThatThisIsAProxy() {
        try (TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            client.send("GET /index.html HTTP/1.1\r\nHost: a.test\r\n\r\n");

            HttpReply reply = HttpReply.read(client);
            assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 400 Bad request");
            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("not-a-proxy-request");
            assertThat(reply.body()).startsWith("This is an HTTP proxy");
            assertThat(client.readAll()).isEmpty();
        }
    }

    @Test
    void healthcheck_answersAndLeavesNoDecision() {
        try (TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            client.send("GET /healthcheck HTTP/1.1\r\nHost: a.test\r\n\r\n");

            assertThat(HttpReply.read(client).statusLine()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(client.readAll()).isEmpty();
            assertThat(proxy.decisions()).isEmpty();
            awaitNoRequestsInWork(proxy);
        }
    }

    @ParameterizedTest
    @EnumSource
    void malformed_isRefusedAndLoggedUnderItsForm(Form form) {
        try (TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            String head = form.request("127.1:443", "").replace("Host: 127.1:443", "Host: a.test");
            client.send(head);

            HttpReply reply = HttpReply.read(client);
            assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 400 Bad request");
            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("malformed-request");
            assertThat(reply.header("Connection")).isEqualTo("close");
            assertThat(client.readAll()).isEmpty();
            assertThat(proxy.decisions())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .containsEntry("allow", false)
                            .containsEntry("level", "WARN")
                            .containsEntry("proxy_type", form == Form.CONNECT ? "connect" : "http"));
            assertThat(proxy.total(Metric.REQUESTS_MALFORMED)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void metricsSinkThrows_changesNothing(Form form) throws IOException {
        try (TestOrigin origin = TestOrigin.start(TestOrigin.answering("HTTP/1.1 204 No Content\r\n\r\n"));
                TestProxy proxy = TestProxy.start(builder -> builder.metricsSink((metric, value, tags) -> {
                    throw new IllegalStateException("metrics");
                }))) {
            proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);

            assertThat(ask(proxy, form, "evil.test:443", "").status()).isEqualTo(407);
            assertThat(ask(proxy, form, NAME + ":" + origin.port(), "").status())
                    .isIn(200, 204);
            assertThat(proxy.smokescreen().metricsFailures()).isGreaterThan(5);
        }
    }

    private static void policyFails(Form form, AclPolicy policy) {
        try (TestProxy proxy = TestProxy.start(builder -> builder.aclPolicy(policy))) {
            assertPolicyFailed(proxy, form);
        }
    }

    private static void assertPolicyFailed(TestProxy proxy, Form form) {
        String authority = NAME + ":443";
        String reason =
                ask(proxy, form, authority, "").header("X-Smokescreen-Error").replaceAll(".*': (.*)\\.", "$1");
        refused(proxy, form, authority, Expected.denied("policy-failed", authority, reason));
        assertThat(proxy.total(Metric.ACL_DECIDE_ERROR)).isEqualTo(2);
        assertThat(proxy.total(Metric.ACL_ALLOW)).isZero();
        assertThat(proxy.dns().queries()).isEmpty();
    }

    private static Map<String, Object> refused(TestProxy proxy, Form form, String authority, Expected expected) {
        return refused(proxy, form, authority, "", expected);
    }

    /** Asks, checks what comes back and what is logged, and returns the decision line. */
    private static Map<String, Object> refused(
            TestProxy proxy, Form form, String authority, String fields, Expected expected) {
        int before = proxy.decisions().size();
        try (RawClient client = proxy.connect()) {
            client.send(form.request(authority, fields));
            assertReply(HttpReply.read(client), form, expected);
            if (form == Form.CONNECT) {
                assertThat(client.readAll()).isEmpty();
            } else {
                client.send("GET /healthcheck HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(HttpReply.read(client).status())
                        .as("on the same connection")
                        .isEqualTo(200);
            }
        }
        awaitNoRequestsInWork(proxy);
        List<Map<String, Object>> lines = proxy.decisions();
        assertThat(lines).hasSize(before + 1);
        Map<String, Object> line = lines.get(before);
        assertLine(line, form, expected);
        return line;
    }

    private static void assertReply(HttpReply reply, Form form, Expected expected) {
        assertThat(reply.statusLine()).isEqualTo(expected.statusLine());
        assertThat(reply.header("X-Smokescreen-Error")).isEqualTo(expected.message());
        assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo(expected.code());
        assertThat(reply.header("Content-Type")).startsWith("text/plain");
        assertThat(reply.header("Content-Length"))
                .isEqualTo(String.valueOf(expected.message().length()));
        assertThat(reply.body()).isEqualTo(expected.message());
        assertThat(reply.headers()).doesNotContainKeys("proxy-authenticate", "transfer-encoding");
        assertThat(reply.header("Connection")).isEqualTo(form == Form.CONNECT ? "close" : "");
    }

    private static void assertLine(Map<String, Object> line, Form form, Expected expected) {
        assertThat(line)
                .containsEntry("level", expected.level())
                .containsEntry("allow", expected.allowed())
                .containsEntry("proxy_type", form == Form.CONNECT ? "connect" : "http")
                .containsEntry("role", "")
                .containsEntry("trace_id", "");
        assertThat(line.get("start_time")).isInstanceOf(Instant.class);
        assertThat((String) line.get("id")).hasSize(20);
        assertThat((String) line.get("inbound_remote_addr")).matches("127\\.0\\.0\\.1:[0-9]+");
        if (expected.level().equals("ERROR")) {
            assertThat(line).containsEntry("error", expected.message());
        } else {
            assertThat(expected.message()).endsWith(line.get("decision_reason") + ".");
            assertThat(line).doesNotContainKey("error");
        }
    }

    private static HttpReply ask(TestProxy proxy, Form form, String authority, String fields) {
        try (RawClient client = proxy.connect()) {
            return HttpReply.read(client.send(form.request(authority, fields)));
        }
    }

    private static void awaitNoRequestsInWork(TestProxy proxy) {
        await().untilAsserted(() -> assertThat(proxy.requestsInWork()).isZero());
    }
}
