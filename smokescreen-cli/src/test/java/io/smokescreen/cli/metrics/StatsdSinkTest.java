package io.smokescreen.cli.metrics;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.smokescreen.api.Metric;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@Timeout(120)
class StatsdSinkTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final Logger logger = (Logger) LoggerFactory.getLogger(StatsdSender.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void capture() {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void release() {
        logger.detachAppender(log);
        logger.setAdditive(true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "acl.allow; 1; web,false,team; smokescreen.acl.allow:1|c|#role:web,def_rule:false,project:team",
                "acl.deny; 1; unknown,true,''; smokescreen.acl.deny:1|c|#role:unknown,def_rule:true,project:",
                "acl.decide_error; 1; ; smokescreen.acl.decide_error:1|c",
                "cn.atpt.total; 1; true; smokescreen.cn.atpt.total:1|c|#success:true",
                "cn.atpt.connect.err; 1; timeout; smokescreen.cn.atpt.connect.err:1|c|#type:timeout",
                "cn.atpt.connect.time; 0.0123; ; smokescreen.cn.atpt.connect.time:12.300000|ms",
                "cn.duration; 86400.25; web; smokescreen.cn.duration:86400.25|h|#role:web",
                "cn.bytes_in; 12345678901; web; smokescreen.cn.bytes_in:12345678901|h|#role:web",
                "cn.bytes_out; 0; web; smokescreen.cn.bytes_out:0|h|#role:web",
                "cn.atpt.distinct_domains; 10000; ; smokescreen.cn.atpt.distinct_domains:10000|g",
                "cn.atpt.distinct_domains_success_rate; 66.5; ; smokescreen.cn.atpt.distinct_domains_success_rate:66.5|g",
                "requests.concurrent; 3; ; smokescreen.requests.concurrent:3|g",
                "resolver.attempts_total; 1; ; smokescreen.resolver.attempts_total:1|c",
                "resolver.lookup_time; 1.5; ; smokescreen.resolver.lookup_time:1500.000000|ms",
                "resolver.lookup_time; 0.0000005; ; smokescreen.resolver.lookup_time:0.000500|ms",
                "proxy_duration_ms; 0.0421; ; smokescreen.proxy_duration_ms:0.042100|ms",
                "cn.duration; 0.00000001; web; smokescreen.cn.duration:0.000000010|h|#role:web",
            })
    void measurement_isSentAsGoSendsIt(String metric, double value, String tags, String line) throws IOException {
        try (UdpReceiver statsd = UdpReceiver.start();
                StatsdSink sink = StatsdSink.start("127.0.0.1:" + statsd.port(), ExtraTags.none())) {
            sink.record(Metric.byName(metric), value, tagValues(tags));

            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(statsd.packets()).containsExactly(line));
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
    void measurements_shareAPacketThatFitsAFrame_andCloseSendsTheRest() throws IOException {
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
            assertThat(statsd.packets()).allMatch(packet -> packet.length() <= StatsdSender.MAX_PACKET_BYTES);
            assertThat(statsd.packets()).hasSizeLessThan(count / 10);
        }
    }

    @Test
    void name_isLookedUp() throws IOException {
        try (UdpReceiver statsd = UdpReceiver.start();
                StatsdSink sink = StatsdSink.start("localhost:" + statsd.port(), ExtraTags.none())) {
            sink.record(Metric.ACL_DECIDE_ERROR, 1, List.of());

            await().atMost(LONG).untilAsserted(() -> assertThat(statsd.lines()).hasSize(1));
        }
    }

    @Test
    void statsdThatComesBack_isSentToAgain_andTheLogToldOnce() throws IOException {
        UdpReceiver first = UdpReceiver.start();
        int port = first.port();
        first.close();
        try (StatsdSink sink = StatsdSink.start("127.0.0.1:" + port, ExtraTags.none())) {
            await().atMost(LONG).until(() -> {
                sink.record(Metric.ACL_DECIDE_ERROR, 1, List.of());
                return sink.dropped() > 100;
            });
            try (UdpReceiver back = UdpReceiver.startOn(port)) {
                await().atMost(LONG).until(() -> {
                    sink.record(Metric.REQUESTS_CONCURRENT, 7, List.of());
                    return back.lines().contains("smokescreen.requests.concurrent:7|g");
                });
            }
        }
        assertThat(log.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .startsWith("metrics for statsd 127.0.0.1:" + port + ": ")
                        .contains("PortUnreachableException"));
    }

    @Test
    void nameThatDoesNotResolve_delaysNothing_dropsAndCounts_andIsLoggedOnce() {
        int count = 1_000;
        try (StatsdSink sink = StatsdSink.start("statsd.invalid:8125", ExtraTags.none())) {
            for (int i = 0; i < count; i++) {
                sink.record(Metric.ACL_DECIDE_ERROR, 1, List.of());
            }
            await().atMost(LONG).untilAsserted(() -> assertThat(sink.dropped()).isEqualTo(count));
            await().atMost(LONG).until(() -> !log.list.isEmpty());

            assertThat(log.list)
                    .singleElement()
                    .satisfies(event -> assertThat(event.getFormattedMessage())
                            .startsWith("metrics for statsd statsd.invalid:8125: ")
                            .contains("UnknownHostException"));
        }
    }

    /** 400,000 measurements; the limit is that of a busy machine, a wait for the network or a name would take longer. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:1", "statsd.invalid:8125", "[::1]:1"})
    void floodTowardsADeadStatsd_takesNoTime(String address) {
        int threads = 4;
        int each = 100_000;
        StatsdSink sink = StatsdSink.start(address, ExtraTags.none());
        long began = System.nanoTime();
        List<CompletableFuture<Void>> floods = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            floods.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < each; i++) {
                    sink.record(Metric.CONNECTION_CLOSE, 1, List.of("web"));
                }
            }));
        }
        floods.forEach(CompletableFuture::join);

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
        sink.close();
        assertThat(sink.dropped()).isPositive().isLessThanOrEqualTo((long) threads * each);
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
                            () -> assertThat(statsd.packets()).containsExactly("smokescreen.requests.concurrent:1|g"));
            assertThat(sink.dropped()).isEqualTo(1);
            await().atMost(LONG).until(() -> !log.list.isEmpty());
            assertThat(log.list.get(0).getFormattedMessage())
                    .contains("1 dropped, 1 in all (a measurement of acl.decide_error with all its tags is longer");
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
