package io.smokescreen.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Datadog's client would read from its environment. */
@Timeout(120)
class StatsdEnvironmentTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void variablesOfTheAgent_changeNeitherAddressNorLine() throws IOException {
        try (UdpReceiver agent = UdpReceiver.start()) {
            assertIsSent(
                    "smokescreen.cn.close:1|c|#role:web",
                    Map.of(
                            "DD_AGENT_HOST", "127.0.0.1",
                            "DD_DOGSTATSD_PORT", Integer.toString(agent.port()),
                            "DD_DOGSTATSD_URL", "udp://127.0.0.1:" + agent.port(),
                            "DD_ORIGIN_DETECTION_ENABLED", "true",
                            "DD_EXTERNAL_ENV", "it-false,cn-proxy",
                            "DD_CARDINALITY", "high"));

            assertThat(agent.packets()).isEmpty();
        }
    }

    /** datadog-go does the same (ddEnvTagsMapping). */
    @Test
    void variablesOfTheService_areTags() throws IOException {
        assertIsSent(
                "smokescreen.cn.close:1|c|#version:1.2,env:prod,service:proxy,dd.internal.entity_id:pod,role:web",
                Map.of("DD_ENTITY_ID", "pod", "DD_ENV", "prod", "DD_SERVICE", "proxy", "DD_VERSION", "1.2"));
    }

    private static void assertIsSent(String line, Map<String, String> variables) throws IOException {
        try (UdpReceiver statsd = UdpReceiver.start()) {
            Process process = startSender(statsd.port(), variables);
            try {
                await().atMost(LONG)
                        .untilAsserted(() -> assertThat(statsd.lines()).containsExactly(line));
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static Process startSender(int port, Map<String, String> variables) throws IOException {
        ProcessBuilder sender = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Sender.class.getName(),
                        Integer.toString(port))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.INHERIT);
        sender.environment().putAll(variables);
        return sender.start();
    }

    /** Sends one measurement in a process of its own, whose environment the test chooses. */
    static final class Sender {

        private Sender() {}

        public static void main(String[] args) {
            try (StatsdSink sink = StatsdSink.start("127.0.0.1:" + args[0], ExtraTags.none())) {
                sink.record(Metric.CONNECTION_CLOSE, 1, List.of("web"));
            }
        }
    }
}
