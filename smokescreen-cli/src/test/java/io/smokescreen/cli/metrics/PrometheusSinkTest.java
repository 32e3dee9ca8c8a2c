package io.smokescreen.cli.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.smokescreen.api.Metric;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PrometheusSinkTest {

    private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

    private final PrometheusSink sink = new PrometheusSink("1.2.3", ExtraTags.none());

    @ParameterizedTest
    @CsvSource({
        "acl.allow, smokescreen_acl_allow_total, counter",
        "cn.atpt.total, smokescreen_cn_atpt_total, counter",
        "cn.atpt.connect.err, smokescreen_cn_atpt_connect_err_total, counter",
        "cn.atpt.connect.time, smokescreen_cn_atpt_connect_time_seconds, histogram",
        "cn.duration, smokescreen_cn_duration_seconds, histogram",
        "cn.bytes_in, smokescreen_cn_bytes_in_bytes, histogram",
        "cn.atpt.distinct_domains, smokescreen_cn_atpt_distinct_domains, gauge",
        "cn.atpt.distinct_domains_success_rate, smokescreen_cn_atpt_distinct_domains_success_rate, gauge",
        "resolver.attempts_total, smokescreen_resolver_attempts_total, counter",
        "resolver.lookup_time, smokescreen_resolver_lookup_time_seconds, histogram",
        "requests.concurrent, smokescreen_requests_concurrent, gauge",
        "proxy_duration_ms, smokescreen_proxy_duration_seconds, histogram",
    })
    void metric_hasTheNameThatPrometheusConventionsWant(String metricName, String name, String type) {
        Metric metric = Metric.byName(metricName);
        sink.record(metric, 1, values(metric));

        assertThat(exposition().lines())
                .contains("# TYPE " + name + " " + type, "# HELP " + name + " " + metric.description());
    }

    /** A family is written once it has a series; those with tags of operators' choosing have none before. */
    @Test
    void metricsWhoseSeriesAreKnown_areZeroFromTheStart() {
        assertThat(exposition().lines())
                .contains(
                        "smokescreen_resolver_errors_total 0.0",
                        "smokescreen_cn_atpt_total{success=\"false\"} 0.0",
                        "smokescreen_cn_atpt_connect_err_total{type=\"refused\"} 0.0",
                        "smokescreen_proxy_duration_seconds_count 0")
                .noneMatch(line -> line.startsWith("smokescreen_acl_deny_total"));
    }

    @Test
    void counter_addsUpByTagValues() {
        sink.record(Metric.ACL_DENY, 1, List.of("web", "false", "team"));
        sink.record(Metric.ACL_DENY, 1, List.of("web", "false", "team"));
        sink.record(Metric.ACL_DENY, 1, List.of("unknown", "true", "fallback"));

        assertThat(exposition().lines())
                .contains(
                        "smokescreen_acl_deny_total{def_rule=\"false\",project=\"team\",role=\"web\"} 2.0",
                        "smokescreen_acl_deny_total{def_rule=\"true\",project=\"fallback\",role=\"unknown\"} 1.0");
    }

    @Test
    void gauge_keepsTheLastValue() {
        sink.record(Metric.REQUESTS_CONCURRENT, 7, List.of());
        sink.record(Metric.REQUESTS_CONCURRENT, 3, List.of());

        assertThat(exposition().lines()).contains("smokescreen_requests_concurrent 3.0");
    }

    @Test
    void milliseconds_areObservedInSeconds() {
        sink.record(Metric.PROXY_DURATION, 2.4, List.of());

        assertThat(exposition().lines())
                .contains(
                        "smokescreen_proxy_duration_seconds_bucket{le=\"0.001\"} 0",
                        "smokescreen_proxy_duration_seconds_bucket{le=\"0.0025\"} 1",
                        "smokescreen_proxy_duration_seconds_sum 0.0024");
    }

    @ParameterizedTest
    @CsvSource({
        "cn.duration, 0.1, 604800.0",
        "cn.bytes_out, 256.0, 1.7179869184E10",
        "cn.atpt.connect.time, 5.0E-4, 30.0",
    })
    void buckets_reachFromWhatIsShortToWhatIsLong(String metricName, String first, String last) {
        Metric metric = Metric.byName(metricName);
        sink.record(metric, 1, values(metric));

        List<String> bounds = exposition()
                .lines()
                .filter(line -> line.startsWith("smokescreen_" + metricName.replace('.', '_')))
                .filter(line -> line.contains("_bucket{"))
                .map(line -> line.replaceFirst(".*[{,]le=\"([^\"]+)\".*", "$1"))
                .toList();

        assertThat(bounds).startsWith(first).endsWith(last, "+Inf").hasSizeBetween(10, 20);
    }

    @Test
    void extraTags_areOnEverySeriesOfTheirMetric_andOnNoOther() {
        PrometheusSink tagged = new PrometheusSink(
                "1.2.3", ExtraTags.of(Map.of(Metric.ACL_ALLOW, Map.of("region", "eu west", "az", "1"))));

        tagged.record(Metric.ACL_ALLOW, 1, List.of("web", "false", "team"));

        assertThat(exposition(tagged).lines())
                .contains("smokescreen_acl_allow_total{az=\"1\",def_rule=\"false\",project=\"team\",region=\"eu_west\","
                        + "role=\"web\"} 1.0")
                .contains("smokescreen_resolver_errors_total 0.0");
    }

    @Test
    void tagValuesWithoutEnd_endInOneSeries() {
        IntStream.range(0, Series.MAX_POINTS + 500)
                .forEach(i -> sink.record(Metric.CONNECTION_CLOSE, 1, List.of("role-" + i)));

        List<String> series = exposition()
                .lines()
                .filter(line -> line.startsWith("smokescreen_cn_close_total{"))
                .toList();
        assertThat(series)
                .hasSize(Series.MAX_POINTS + 1)
                .contains("smokescreen_cn_close_total{role=\"role-0\"} 1.0")
                .contains("smokescreen_cn_close_total{role=\"other\"} 500.0");
    }

    @Test
    void record_fromManyThreads_losesNothing() {
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            threads.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 10_000; i++) {
                    sink.record(Metric.CONNECTION_CLOSE, 1, List.of("role-" + i % 10));
                }
            }));
        }
        threads.forEach(CompletableFuture::join);

        assertThat(exposition().lines().filter(line -> line.matches("smokescreen_cn_close_total\\{.*} 4000\\.0")))
                .hasSize(10);
    }

    @Test
    void processAndBuild_areToldToo() {
        assertThat(exposition())
                .contains(
                        "smokescreen_build_info{version=\"1.2.3\"} 1",
                        "process_start_time_seconds ",
                        "process_cpu_seconds_total ",
                        "process_open_fds ",
                        "process_resident_memory_bytes ",
                        "jvm_memory_used_bytes{area=\"heap\"} ",
                        "jvm_gc_collection_seconds_count{gc=");
    }

    @Test
    void addedCounter_isAskedAtEachScrape() {
        AtomicLong dropped = new AtomicLong(4);
        sink.addCounter("statsd_dropped", "Messages dropped", dropped::get);

        assertThat(exposition()).contains("\nsmokescreen_statsd_dropped_total 4.0\n");
        dropped.set(9);
        assertThat(exposition()).contains("\nsmokescreen_statsd_dropped_total 9.0\n");
        assertThatIllegalArgumentException().isThrownBy(() -> sink.addCounter("statsd_dropped", "again", dropped::get));
    }

    @Test
    void promtool_findsNothingToSay() throws Exception {
        assumeTrue(Files.isExecutable(PROMTOOL), "promtool is not here (Debian package prometheus)");
        for (Metric metric : Metric.values()) {
            sink.record(metric, 1, values(metric));
        }
        sink.addCounter("statsd_dropped", "Messages dropped", () -> 1);
        Process promtool = new ProcessBuilder(PROMTOOL.toString(), "check", "metrics")
                .redirectErrorStream(true)
                .start();
        try (OutputStream in = promtool.getOutputStream()) {
            in.write(exposition().getBytes(UTF_8));
        }
        String said = new String(promtool.getInputStream().readAllBytes(), UTF_8);

        assertThat(promtool.waitFor()).as(said).isZero();
        assertThat(said).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void everyMetric_isExported(Metric metric) {
        sink.record(metric, 1, values(metric));

        assertThat(exposition())
                .containsPattern("(?m)^" + PrometheusName.stem(metric)
                        + "(_seconds|_bytes)?(_total|_count)?(\\{.*})? 1(\\.0)?$");
    }

    private static List<String> values(Metric metric) {
        return Collections.nCopies(metric.tags().size(), "v");
    }

    private String exposition() {
        return exposition(sink);
    }

    private static String exposition(PrometheusSink sink) {
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            sink.write("", out);
            return out.toString(UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
