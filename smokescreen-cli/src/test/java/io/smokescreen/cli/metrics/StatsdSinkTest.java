package io.smokescreen.cli.metrics;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class StatsdSinkTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int MAX_PACKET_BYTES = 1432; // fits an Ethernet frame even through a tunnel

    @RegisterExtension
    final WarningLog log = new WarningLog(StatsdTally.class);

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "acl.allow; 1; web,false,team; smokescreen.acl.allow:1|c|#role:web,def_rule:false,project:team",
                "acl.deny; 1; unknown,true,''; smokescreen.acl.deny:1|c|#role:unknown,def_rule:true,project:",
                "acl.decide_error; 1; ; smokescreen.acl.decide_error:1|c",
                "cn.atpt.total; 1; true; smokescreen.cn.atpt.total:1|c|#success:true",
                "cn.atpt.connect.err; 1; timeout; smokescreen.cn.atpt.connect.err:1|c|#type:timeout",
                "cn.atpt.connect.time; 0.0123; ; smokescreen.cn.atpt.connect.time:12.3|h",
                "cn.duration; 86400.25; web; smokescreen.cn.duration:86400.25|h|#role:web",
                "cn.bytes_in; 12345678901; web; smokescreen.cn.bytes_in:12345678901|h|#role:web",
                "cn.bytes_out; 0; web; smokescreen.cn.bytes_out:0|h|#role:web",
                "cn.atpt.distinct_domains; 10000; ; smokescreen.cn.atpt.distinct_domains:10000|g",
                "cn.atpt.distinct_domains_success_rate; 66.5; ; smokescreen.cn.atpt.distinct_domains_success_rate:66.5|g",
                "crl.remaining; -3600; ca; smokescreen.crl.remaining:-3600|g|#issuer:ca",
                "requests.concurrent; 3; ; smokescreen.requests.concurrent:3|g",
                "resolver.attempts_total; 1; ; smokescreen.resolver.attempts_total:1|c",
                "resolver.lookup_time; 1.5; ; smokescreen.resolver.lookup_time:1500|h",
                "resolver.lookup_time; 0.0000005; ; smokescreen.resolver.lookup_time:0.0005|h",
                "proxy_duration_ms; 0.0421; ; smokescreen.proxy_duration_ms:0.0421|h",
            })
    void measurement_isSentUnderGosNameInGosUnit(String metric, double value, String tags, String line)
            throws IOException {
        try (UdpReceiver statsd = UdpReceiver.start();
                StatsdSink sink = StatsdSink.start("127.0.0.1:" + statsd.port(), ExtraTags.none())) {
            sink.record(Metric.byName(metric), value, tagValues(tags));

            await().atMost(LONG).untilAsserted(() -> assertThat(statsd.lines()).containsExactly(line));
        }
    }

    @Test
    void extraTags_followTheMetricsOwn() throws IOException {
        ExtraTags extra = ExtraTags.of(Map.of(
                Metric.CONNECTION_CLOSE, Map.of("region", "eu,west", "az", "1"),
                Metric.REQUESTS_CONCURRENT, Map.of("region", "eu")));
        try (UdpReceiver statsd = UdpReceiver.start();
                StatsdSink sink = StatsdSink.start("127.0.0.1:" + statsd.port(), extra)) {
            sink.record(Metric.CONNECTION_CLOSE, 1, List.of("web"));
            sink.record(Metric.REQUESTS_CONCURRENT, 1, List.of());
            sink.record(Metric.ACL_DECIDE_ERROR, 1, List.of());

            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(statsd.lines())
                            .containsExactly(
                                    "smokescreen.cn.close:1|c|#role:web,az:1,region:eu_west",
                                    "smokescreen.requests.concurrent:1|g|#region:eu",
                                    "smokescreen.acl.decide_error:1|c"));
        }
    }

    @Test
    void packets_fitAFrame_andCloseSendsTheRest() throws IOException {
        int count = 1_000;
        try (UdpReceiver statsd = UdpReceiver.start()) {
            try (StatsdSink sink = StatsdSink.start("127.0.0.1:" + statsd.port(), ExtraTags.none())) {
                for (int i = 0; i < count; i++) {
                    sink.record(Metric.REQUESTS_CONCURRENT, i, List.of());
                }
            }
            await().atMost(LONG).untilAsserted(() -> assertThat(statsd.lines()).hasSize(count));

            assertThat(statsd.lines())
                    .startsWith("smokescreen.requests.concurrent:0|g")
                    .endsWith("smokescreen.requests.concurrent:999|g");
            assertThat(statsd.packets()).allMatch(packet -> packet.length() <= MAX_PACKET_BYTES);
            assertThat(statsd.packets()).hasSizeLessThan(count);
        }
    }

    @Test
    void afterClose_measurementsAreCountedAsDropped_andCloseMayBeRepeated() throws IOException {
        try (UdpReceiver statsd = UdpReceiver.start()) {
            StatsdSink sink = StatsdSink.start("127.0.0.1:" + statsd.port(), ExtraTags.none());
            sink.close();
            sink.close();

            sink.record(Metric.ACL_DECIDE_ERROR, 1, List.of());

            assertThat(sink.dropped()).isEqualTo(1);
            assertThat(statsd.packets()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void valueThatIsNoNumber_isDropped(double value) throws IOException {
        try (UdpReceiver statsd = UdpReceiver.start();
                StatsdSink sink = StatsdSink.start("127.0.0.1:" + statsd.port(), ExtraTags.none())) {
            sink.record(Metric.REQUESTS_CONCURRENT, value, List.of());

            assertThat(sink.dropped()).isEqualTo(1);
        }
    }

    @Test
    void measurementLongerThanAPacket_isDropped_andTheNextIsSent() throws IOException {
        Map<String, String> many = IntStream.range(0, 12).boxed().collect(toMap(i -> "t" + i, i -> "v".repeat(128)));
        ExtraTags extra = ExtraTags.none().withTags(Metric.ACL_DECIDE_ERROR, many);
        try (UdpReceiver statsd = UdpReceiver.start();
                StatsdSink sink = StatsdSink.start("127.0.0.1:" + statsd.port(), extra)) {
            sink.record(Metric.ACL_DECIDE_ERROR, 1, List.of());
            sink.record(Metric.REQUESTS_CONCURRENT, 1, List.of());

            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(statsd.lines()).containsExactly("smokescreen.requests.concurrent:1|g"));
            assertThat(sink.dropped()).isEqualTo(1);
            assertThat(log.messages())
                    .containsExactly("metrics for statsd 127.0.0.1:" + statsd.port() + ": 1 dropped, 1 in all (longer"
                            + " than a packet with all its tags: smokescreen.acl.decide_error)");
        }
    }

    @Test
    void otherNumberOfTagValues_isRefused_andStopsNothing() throws IOException {
        try (UdpReceiver statsd = UdpReceiver.start();
                StatsdSink sink = StatsdSink.start("127.0.0.1:" + statsd.port(), ExtraTags.none())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> sink.record(Metric.CONNECTION_CLOSE, 1, List.of()))
                    .withMessage("metric 'cn.close' has 0 tag values (expected those of [role])");
            sink.record(Metric.ACL_DECIDE_ERROR, 1, List.of());

            await().atMost(LONG).untilAsserted(() -> assertThat(statsd.lines()).hasSize(1));
        }
    }

    private static List<String> tagValues(String tags) {
        return tags == null ? List.of() : List.of(tags.replace("''", "").split(",", -1));
    }
}
