package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.AclDecision;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The two lines a request leaves: names and types of their fields. */
class LogLinesTest {

    private static final String NAME = "a.allowed.test";

    private static final Map<String, Class<?>> IDENTIFYING = Map.of(
            "id", String.class,
            "inbound_remote_addr", String.class,
            "proxy_type", String.class,
            "requested_host", String.class,
            "start_time", Instant.class,
            "trace_id", String.class,
            "role", String.class,
            "outbound_local_addr", String.class,
            "outbound_remote_addr", String.class);

    private static final Map<String, Class<?>> DECISION = Map.of(
            "project", String.class,
            "decision_reason", String.class,
            "enforce_would_deny", Boolean.class,
            "allow", Boolean.class,
            "dns_lookup_time_ms", Double.class,
            "conn_establish_time_ms", Double.class);

    private static final Map<String, Class<?>> CLOSE = Map.of(
            "bytes_in", Long.class,
            "bytes_out", Long.class,
            "duration", Double.class,
            "end_time", Instant.class,
            "last_activity", Instant.class,
            "error", String.class);

    @Test
    void connect_leavesADecisionAndACloseLine() throws Exception {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
            String host = NAME + ":" + origin.port();
            client.send("CONNECT " + host + " HTTP/1.1\r\nHost: x\r\nX-Smokescreen-Trace-ID: t-1\r\n\r\nearly");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(client.halfClose().readAllText()).isEqualTo("early");

            Map<String, Object> decision = onlyDecision(proxy);
            assertTypes(decision, IDENTIFYING);
            assertTypes(decision, DECISION);
            assertThat(decision)
                    .containsEntry("level", "INFO")
                    .containsEntry("proxy_type", "connect")
                    .containsEntry("requested_host", host)
                    .containsEntry("trace_id", "t-1")
                    .containsEntry("allow", true)
                    .containsEntry("enforce_would_deny", false)
                    .containsEntry("decision_reason", "host matched allowed domain in rule")
                    .containsEntry("outbound_remote_addr", "127.0.0.2:" + origin.port())
                    .doesNotContainKeys("error", "content_length");
            Map<String, Object> close = onlyClose(proxy);
            assertTypes(close, IDENTIFYING);
            assertTypes(close, CLOSE);
            assertThat(close)
                    .containsEntry("level", "INFO")
                    .containsEntry("id", decision.get("id"))
                    .containsEntry("bytes_in", 5L)
                    .containsEntry("bytes_out", 5L)
                    .containsEntry("error", "")
                    .doesNotContainKey("active_at_termination");
        }
    }

    @Test
    void plainHttp_leavesADecisionAndACloseLine() throws Exception {
        String response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
        try (TestOrigin origin = TestOrigin.start(TestOrigin.answering(response));
                TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
            String host = NAME + ":" + origin.port();
            client.send("POST http://" + host + "/ HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nBODY");
            assertThat(HttpReply.read(client).body()).isEqualTo("ok");

            Map<String, Object> decision = onlyDecision(proxy);
            assertTypes(decision, IDENTIFYING);
            assertTypes(decision, DECISION);
            assertThat(decision)
                    .containsEntry("level", "INFO")
                    .containsEntry("proxy_type", "http")
                    .containsEntry("content_length", 2L);
            Map<String, Object> close = onlyClose(proxy);
            assertTypes(close, IDENTIFYING);
            assertTypes(close, CLOSE);
            assertThat(close).containsEntry("bytes_in", (long) response.length());
        }
    }

    @Test
    void textFromOutside_isCutAndStaysOnItsLine() {
        try (TestProxy proxy = TestProxy.start(
                        builder -> builder.aclPolicy(request -> AclDecision.deny("no\r\nX-Injected: 1\u2028\u0000")));
                RawClient client = proxy.connect()) {
            client.send("CONNECT " + NAME + ":443 HTTP/1.1\r\nHost: x\r\nX-Smokescreen-Trace-ID: " + "t".repeat(7_000)
                    + "\r\n\r\n");

            HttpReply reply = HttpReply.read(client);
            assertThat(reply.headers()).doesNotContainKey("x-injected");
            assertThat(reply.body()).doesNotContain("\r", "\n", "\u2028", "\u0000");
            Map<String, Object> decision = onlyDecision(proxy);
            assertThat((String) decision.get("trace_id")).hasSize(1_024).matches("t+");
            assertThat((String) decision.get("decision_reason")).doesNotContain("\r", "\n", "\u2028", "\u0000");
        }
    }

    private static void assertTypes(Map<String, Object> line, Map<String, Class<?>> types) {
        types.forEach((field, type) -> assertThat(line.get(field)).as(field).isInstanceOf(type));
    }

    private static Map<String, Object> onlyDecision(TestProxy proxy) {
        await().untilAsserted(() -> assertThat(proxy.decisions()).hasSize(1));
        return proxy.decisions().get(0);
    }

    private static Map<String, Object> onlyClose(TestProxy proxy) {
        await().untilAsserted(() -> assertThat(proxy.closes()).hasSize(1));
        return proxy.closes().get(0);
    }
}
