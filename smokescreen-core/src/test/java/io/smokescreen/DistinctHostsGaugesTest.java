package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import io.smokescreen.testing.TestProxy.Measurement;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** The gauges of the hosts that were connected to lately, of a running proxy. */
class DistinctHostsGaugesTest {

    private static final int NOBODY_LISTENS = 1;
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void gauges_areThereFromTheStart() {
        try (TestProxy proxy = TestProxy.start()) {
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(first(proxy, Metric.DISTINCT_DOMAINS)).hasValue(0);
                assertThat(first(proxy, Metric.DISTINCT_DOMAINS_SUCCESS_RATE)).hasValue(100);
            });
        }
    }

    /** The second report comes ten seconds after the first. */
    @Test
    void attempts_areCountedByHost_andByWhetherTheLatestSucceeded() throws IOException {
        try (TestOrigin origin = TestOrigin.startOn(TestProxy.OPEN_ADDRESS, TestOrigin::echo);
                TestProxy proxy = TestProxy.start()) {
            proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);

            connect(proxy, "a.allowed.test", origin.port(), " 200 ");
            connect(proxy, "A.allowed.test.", origin.port(), " 200 ");
            connect(proxy, "b.allowed.test", origin.port(), " 200 ");
            connect(proxy, "b.allowed.test", NOBODY_LISTENS, " 502 ");
            connect(proxy, "denied.test", origin.port(), " 407 ");

            await().atMost(LONG).untilAsserted(() -> {
                assertThat(last(proxy, Metric.DISTINCT_DOMAINS)).hasValue(2);
                assertThat(last(proxy, Metric.DISTINCT_DOMAINS_SUCCESS_RATE)).hasValue(50);
            });
        }
    }

    private static OptionalDouble first(TestProxy proxy, Metric metric) {
        return values(proxy, metric).findFirst();
    }

    private static OptionalDouble last(TestProxy proxy, Metric metric) {
        return values(proxy, metric).reduce((earlier, later) -> later);
    }

    private static DoubleStream values(TestProxy proxy, Metric metric) {
        return proxy.measurements().stream()
                .filter(measurement -> measurement.metric() == metric)
                .mapToDouble(Measurement::value);
    }

    private static void connect(TestProxy proxy, String host, int port, String status) {
        try (RawClient client = proxy.connect()) {
            String request = "CONNECT " + host + ":" + port + " HTTP/1.1\r\nHost: " + host + ":" + port + "\r\n\r\n";
            assertThat(client.send(request).readHead()).contains(status);
        }
    }
}
