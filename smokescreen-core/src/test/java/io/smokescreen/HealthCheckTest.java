package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.smokescreen.api.HealthCheck;
import io.smokescreen.api.HealthCheck.Answer;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestProxy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthCheckTest {

    @Test
    void withoutOne_servingIs200_andDrainingIs503() {
        HealthCheck check = HealthCheck.serving();

        assertThat(check.check(false)).isEqualTo(new Answer(200, "OK"));
        assertThat(check.check(true)).isEqualTo(new Answer(503, "draining"));
    }

    @Test
    void applicationsAnswer_isSent_eachTimeAnew() {
        AtomicBoolean ready = new AtomicBoolean();
        HealthCheck check = draining -> ready.get() ? new Answer(200, "prêt") : new Answer(429, "");
        try (TestProxy proxy = TestProxy.start(builder -> builder.healthCheck(check))) {
            assertThat(ask(proxy).statusLine()).isEqualTo("HTTP/1.1 429 Too Many Requests");
            ready.set(true);

            HttpReply reply = ask(proxy);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).isEqualTo("prêt");
            assertThat(reply.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
            assertThat(reply.header("Connection")).isEqualTo("close");
            assertThat(proxy.decisions()).isEmpty();
        }
    }

    @Test
    void headRequest_isAnsweredWithoutABody() {
        try (TestProxy proxy = TestProxy.start(builder -> builder.healthCheck(draining -> new Answer(200, "OK")));
                RawClient client = proxy.connect()) {
            client.send("HEAD /healthcheck HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(HttpReply.readHead(client).header("Content-Length")).isEqualTo("2");
            assertThat(client.readAll()).isEmpty();
        }
    }

    @Test
    void nullAnswer_is500() {
        assertFailsClosed(draining -> nothing());
    }

    @Test
    void throwingCheck_is500() {
        assertFailsClosed(draining -> {
            throw new IllegalStateException("broken");
        });
    }

    @Test
    void checkThatRunsOutOfStack_is500() {
        assertFailsClosed(draining -> {
            throw new StackOverflowError();
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 100, 199, 204, 304, 600})
    void statusOutOfRange_isRefused(int status) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Answer(status, ""))
                .withMessageStartingWith("status is " + status + " (expected 200 to 599");
    }

    @Test
    void longBody_isRefused() {
        assertThat(new Answer(200, "x".repeat(Answer.MAX_BODY_CHARS)).body()).hasSize(65_536);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Answer(200, "x".repeat(Answer.MAX_BODY_CHARS + 1)))
                .withMessageContaining("65537 characters");
    }

    private static void assertFailsClosed(HealthCheck check) {
        try (TestProxy proxy = TestProxy.start(builder -> builder.healthCheck(check))) {
            HttpReply reply = ask(proxy);

            assertThat(reply.status()).isEqualTo(500);
            assertThat(reply.body()).isEqualTo("the health check failed");
        }
    }

    private static HttpReply ask(TestProxy proxy) {
        try (RawClient client = proxy.connect()) {
            return HttpReply.read(client.send("GET /healthcheck HTTP/1.1\r\nHost: x\r\n\r\n"));
        }
    }

    @SuppressWarnings("NullAway") // an application may do what its types forbid
    private static Answer nothing() {
        @Nullable Answer none = null;
        return none;
    }
}
