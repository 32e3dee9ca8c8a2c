package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.EgressEvent;
import io.smokescreen.api.EgressEvent.Closed;
import io.smokescreen.api.EgressEvent.Decided;
import io.smokescreen.api.EgressListener;
import io.smokescreen.api.Metric;
import io.smokescreen.api.RequestContext;
import io.smokescreen.testing.CapturedLog;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the application's listener is told: what the log tells. */
class EgressListenerTest {

    private static final String NAME = "a.allowed.test";

    @RegisterExtension
    private final CapturedLog failures = new CapturedLog("io.smokescreen.internal.policy.FailureLog");

    private final List<EgressEvent> events = new CopyOnWriteArrayList<>();

    @Test
    void tunnel_isDecidedAndClosed_asTheLogSays() throws IOException {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = start(events::add)) {
            try (RawClient client = connect(proxy, origin.port())) {
                assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
                client.send("ping").halfClose();
                assertThat(client.readAllText()).isEqualTo("ping");
            }
            await().until(() -> events.size() == 2 && proxy.closes().size() == 1);

            Map<String, Object> line = proxy.decisions().get(0);
            InetSocketAddress remote = new InetSocketAddress(TestProxy.OPEN_ADDRESS, origin.port());
            Decided decided = (Decided) events.get(0);
            assertThat(decided.id()).isEqualTo(line.get("id"));
            assertThat(decided.allowed()).isTrue();
            assertThat(decided.reason()).isEqualTo(line.get("decision_reason"));
            assertThat(decided.errorCode()).isEmpty();
            assertThat(decided.error()).isEmpty();
            assertThat(decided.remote()).contains(remote);
            RequestContext context = decided.context().orElseThrow();
            assertThat(context.request().destination()).hasToString(NAME + ":" + origin.port());
            assertThat(context.decision()).map(AclDecision::project).contains("fallback");
            Closed closed = (Closed) events.get(1);
            assertThat(closed.id()).isEqualTo(decided.id());
            assertThat(closed.remote()).isEqualTo(remote);
            assertThat(closed.bytesIn()).isEqualTo(4);
            assertThat(closed.bytesOut()).isEqualTo(4);
            assertThat(closed.duration()).isPositive().isLessThan(Duration.ofMinutes(1));
            assertThat(closed.error()).isEqualTo(proxy.closes().get(0).get("error"));
        }
    }

    @Test
    void refusal_isDecided_andNothingIsClosed() {
        try (TestProxy proxy = start(events::add);
                RawClient client = proxy.connect()) {
            client.send("CONNECT evil.test:443 HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(HttpReply.read(client).status()).isEqualTo(407);

            assertThat(events).hasSize(1);
            Decided decided = (Decided) events.get(0);
            assertThat(decided.allowed()).isFalse();
            assertThat(decided.reason()).isEqualTo("default rule policy used");
            assertThat(decided.errorCode()).isEqualTo("acl-denied");
            assertThat(decided.remote()).isEmpty();
        }
    }

    @Test
    void failure_isDecidedWithItsError() {
        try (TestProxy proxy = start(events::add);
                RawClient client = proxy.connect()) {
            client.send("CONNECT unknown.allowed.test:443 HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(HttpReply.read(client).status()).isEqualTo(502);

            Decided decided = (Decided) events.get(0);
            assertThat(decided.allowed()).isTrue();
            assertThat(decided.errorCode()).isEqualTo("dns-failed");
            assertThat(decided.error()).isEqualTo("Failed to resolve remote hostname: no such host");
        }
    }

    @Test
    void malformedHead_hasNoContext() {
        try (TestProxy proxy = start(events::add);
                RawClient client = proxy.connect()) {
            client.send("CONNECT a:b HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(HttpReply.read(client).status()).isEqualTo(400);

            Decided decided = (Decided) events.get(0);
            assertThat(decided.context()).isEmpty();
            assertThat(decided.errorCode()).isEqualTo("malformed-request");
        }
    }

    @Test
    void listenerThatThrows_isCountedAndLoggedOnce_andNoRequestNoticesIt() throws IOException {
        EgressListener broken = event -> {
            if (event instanceof Decided) {
                throw new IOException("decided");
            }
            throw new StackOverflowError("closed");
        };
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = start(broken)) {
            for (int i = 0; i < 2; i++) {
                try (RawClient client = connect(proxy, origin.port())) {
                    assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
                    assertThat(client.send("ping").read(4)).asString().isEqualTo("ping");
                }
            }
            await().until(() -> proxy.total(Metric.LISTENER_FAILURES) == 4);

            assertThat(proxy.closes()).hasSize(2);
            assertThat(failures.events())
                    .extracting(event -> event.getFormattedMessage())
                    .containsExactlyInAnyOrder(
                            "EgressListener failed, it has missed an event: java.io.IOException"
                                    + " (logged once; further ones at DEBUG)",
                            "EgressListener failed, it has missed an event: java.lang.StackOverflowError"
                                    + " (logged once; further ones at DEBUG)");
        }
    }

    private static TestProxy start(EgressListener listener) {
        TestProxy proxy = TestProxy.start(builder -> builder.eventListener(listener));
        proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
        return proxy;
    }

    private static RawClient connect(TestProxy proxy, int port) {
        return proxy.connect().send("CONNECT " + NAME + ":" + port + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }
}
