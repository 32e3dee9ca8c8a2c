package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.Metric;
import io.smokescreen.api.RequestContext;
import io.smokescreen.api.RequestGate;
import io.smokescreen.testing.CapturedLog;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the application's gate says of requests that the ACL allowed. */
class RequestGateTest {

    private static final String NAME = "a.allowed.test";
    private static final String AUTHORITY = NAME + ":443";
    private static final String CONNECT = "CONNECT " + AUTHORITY + " HTTP/1.1\r\nHost: " + AUTHORITY + "\r\n\r\n";
    private static final String GET = "GET http://" + AUTHORITY + "/p HTTP/1.1\r\nHost: x\r\n\r\n";

    @RegisterExtension
    private final CapturedLog failures = new CapturedLog("io.smokescreen.internal.policy.FailureLog");

    @ParameterizedTest
    @ValueSource(strings = {CONNECT, GET})
    void refusal_isA407WithItsReason_andNothingIsResolved(String request) {
        try (TestProxy proxy = gated(asked -> Optional.of("outside of office hours"))) {
            HttpReply reply = ask(proxy, request);

            assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 407 Request rejected by proxy");
            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("gate-denied");
            assertThat(reply.body())
                    .isEqualTo("Egress proxying is denied to host '" + AUTHORITY + "': outside of office hours.");
            Map<String, Object> line = decision(proxy);
            assertThat(line)
                    .containsEntry("allow", false)
                    .containsEntry("decision_reason", "outside of office hours")
                    .containsEntry("project", "fallback")
                    .containsEntry("level", "WARN");
            assertThat(proxy.dns().queries()).isEmpty();
            assertThat(proxy.total(Metric.ACL_ALLOW)).isEqualTo(1);
            assertThat(proxy.total(Metric.ACL_UNKNOWN_ERROR)).isZero();
        }
    }

    @Test
    void refusal_isOneLineWhateverTheGateWrites() {
        try (TestProxy proxy = gated(asked -> Optional.of("a\r\nX-Injected: b"))) {
            HttpReply reply = ask(proxy, GET);

            assertThat(reply.status()).isEqualTo(407);
            assertThat(reply.headers()).doesNotContainKey("x-injected");
        }
    }

    @Test
    void requestThatPasses_reachesTheOrigin_andTheGateKnowsWhoAsksForWhat() throws IOException {
        List<RequestContext> seen = new CopyOnWriteArrayList<>();
        RequestGate gate = asked -> {
            seen.add(asked);
            return Optional.empty();
        };
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.start(
                        builder -> builder.requestGate(gate).roleExtractor(request -> Optional.of("known")));
                RawClient client = proxy.connect()) {
            proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
            String authority = NAME + ":" + origin.port();

            client.send("CONNECT " + authority + " HTTP/1.1\r\nHost: x\r\nX-Any: thing\r\n\r\n");

            assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
            assertThat(seen).hasSize(1);
            RequestContext context = seen.get(0);
            assertThat(context.id()).isEqualTo(decision(proxy).get("id"));
            assertThat(context.role()).contains("known");
            assertThat(context.decision()).map(AclDecision::project).contains("team");
            assertThat(context.tunnel()).isEmpty();
            assertThat(context.request().method()).isEqualTo("CONNECT");
            assertThat(context.request().destination()).hasToString(authority);
            assertThat(context.request().headers().first("x-any")).contains("thing");
            assertThat(context.request().peerAddress().getPort())
                    .isEqualTo(client.socket().getLocalPort());
        }
    }

    @Test
    void requestThatTheAclDenies_isNotShownToTheGate() {
        List<RequestContext> seen = new CopyOnWriteArrayList<>();
        RequestGate gate = asked -> {
            seen.add(asked);
            return Optional.empty();
        };
        try (TestProxy proxy = gated(gate)) {
            HttpReply reply = ask(proxy, "CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n");

            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("acl-denied");
            assertThat(seen).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {CONNECT, GET})
    void gateThatThrows_isADenial_loggedOnce(String request) {
        try (TestProxy proxy = gated(asked -> {
            throw new IOException("gate");
        })) {
            failed(proxy, request);
            failed(proxy, request);

            // A gate of the test before, interrupted at its end, may tell of that here.
            assertThat(failures.events())
                    .extracting(event -> event.getFormattedMessage())
                    .filteredOn(message -> message.contains("IOException"))
                    .singleElement()
                    .asString()
                    .contains("RequestGate failed, the request is denied");
            assertThat(proxy.total(Metric.ACL_UNKNOWN_ERROR)).isEqualTo(2);
        }
    }

    @Test
    void gateThatThrowsAnError_isADenial() {
        try (TestProxy proxy = gated(asked -> {
            throw new StackOverflowError("gate");
        })) {
            failed(proxy, GET);
        }
    }

    @Test
    @SuppressWarnings("NullAway") // what user code may do against the contract
    void gateThatReturnsNull_isADenial() {
        try (TestProxy proxy = gated(asked -> null)) {
            failed(proxy, CONNECT);
        }
    }

    @Test
    void gateThatIsLate_isADenial() {
        CountDownLatch never = new CountDownLatch(1);
        ExecutorService executor = Executors.newCachedThreadPool();
        RequestGate blocked = asked -> {
            never.await();
            return Optional.empty();
        };
        Consumer<SmokescreenBuilder> patience = builder -> builder.requestGate(blocked)
                .policyExecutor(executor)
                .timeouts(TimeoutOptions.defaults().withPolicy(Duration.ofMillis(200)));
        try (TestProxy proxy = TestProxy.start(patience)) {
            failed(proxy, CONNECT);
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void decisionsWithoutASocket_askTheGateToo() {
        RequestGate gate =
                asked -> asked.role().equals(Optional.of("frozen")) ? Optional.of(asked.id()) : Optional.empty();
        try (TestProxy proxy = gated(gate)) {
            Smokescreen smokescreen = proxy.smokescreen();

            PolicyVerdict checked = smokescreen.policy().check("frozen", NAME, 443);
            PolicyVerdict explained = smokescreen
                    .explain("frozen", AUTHORITY, "")
                    .toCompletableFuture()
                    .join();

            assertThat(checked.code()).isEqualTo("gate-denied");
            assertThat(checked.reason()).isEqualTo("Egress proxying is denied to host '" + AUTHORITY + "': dry-run.");
            assertThat(explained.code()).isEqualTo("gate-denied");
            assertThat(smokescreen.policy().check("other", NAME, 443).allowed()).isTrue();
        }
    }

    private static TestProxy gated(RequestGate gate) {
        return TestProxy.start(builder -> builder.requestGate(gate));
    }

    private static void failed(TestProxy proxy, String request) {
        HttpReply reply = ask(proxy, request);

        assertThat(reply.status()).isEqualTo(407);
        assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("policy-failed");
        assertThat(reply.body()).endsWith(": the request gate failed.");
        assertThat(proxy.dns().queries()).isEmpty();
    }

    private static HttpReply ask(TestProxy proxy, String request) {
        try (RawClient client = proxy.connect()) {
            return HttpReply.read(client.send(request));
        }
    }

    private static Map<String, Object> decision(TestProxy proxy) {
        await().until(() -> !proxy.decisions().isEmpty());
        return proxy.decisions().get(0);
    }
}
