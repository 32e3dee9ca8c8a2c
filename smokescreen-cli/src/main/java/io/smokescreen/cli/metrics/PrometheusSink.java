package io.smokescreen.cli.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.smokescreen.api.Metric;
import io.smokescreen.api.MetricsSink;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Keeps every metric for Prometheus to ask for, by the conventions of Prometheus: see {@link PrometheusName}. Beside the
 * metrics of the proxy it tells those of the process, see {@link ProcessMetrics}, and the version as
 * {@code smokescreen_build_info}.
 *
 * <p>Thread safety: all methods are safe from any thread; {@link #record} neither locks nor waits.
 */
public final class PrometheusSink implements MetricsSink {

    /** Tags whose values are all known, so that a rate over them has a beginning. */
    private static final Map<Metric, List<String>> KNOWN_VALUES = Map.of(
            Metric.CONNECTION_ATTEMPTS, List.of("true", "false"),
            Metric.CONNECTION_ERRORS, List.of("timeout", "refused", "reset", "aborted", "unknown"));

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final Map<Metric, Recorder> recorders = new EnumMap<>(Metric.class);

    @FunctionalInterface
    private interface Recorder {
        void record(double value, List<String> tagValues);
    }

    /**
     * Creates one with every metric at zero.
     *
     * @param version of the proxy
     * @param extraTags what each measurement carries besides its own tags
     */
    public PrometheusSink(String version, ExtraTags extraTags) {
        for (Metric metric : Metric.values()) {
            recorders.put(metric, recorder(metric, extraTags));
        }
        Info build = Info.builder()
                .name(PrometheusName.PREFIX + "build_info")
                .help("The version of the proxy")
                .labelNames("version")
                .register(registry);
        build.setLabelValues(version);
        ProcessMetrics.register(registry);
    }

    @Override
    public void record(Metric metric, double value, List<String> tagValues) {
        Recorder recorder = recorders.get(metric);
        if (recorder != null) {
            recorder.record(value, tagValues);
        }
    }

    /**
     * Adds a counter that is kept elsewhere, such as one of messages that were dropped.
     *
     * @param name without prefix and without {@code _total}
     * @param help one line for people
     * @param value never falls; asked at each scrape, on the thread that answers it
     * @throws IllegalArgumentException if there is one of that name
     */
    public void addCounter(String name, String help, LongSupplier value) {
        CounterWithCallback.builder()
                .name(PrometheusName.PREFIX + name)
                .help(help)
                .callback(callback -> callback.call((double) value.getAsLong()))
                .register(registry);
    }

    /**
     * Writes everything, as OpenMetrics to those who can read it and in Prometheus' own text format to all others. (Those who
     * ask for protocol buffers first, as Prometheus does, take text too.)
     *
     * @param accept the value of the header {@code Accept}, or the empty string
     * @return the media type of what was written
     */
    String write(String accept, OutputStream out) throws IOException {
        ExpositionFormatWriter openMetrics = formats.getOpenMetricsTextFormatWriter();
        ExpositionFormatWriter writer =
                openMetrics.accepts(accept) ? openMetrics : formats.getPrometheusTextFormatWriter();
        writer.write(out, registry.scrape());
        return writer.getContentType();
    }

    private Recorder recorder(Metric metric, ExtraTags extra) {
        String[] labels = Stream.concat(metric.tags().stream(), extra.names(metric).stream())
                .toArray(String[]::new);
        double scale = PrometheusName.scale(metric);
        return switch (metric.kind()) {
            case COUNTER -> counter(metric, labels, extra);
            case GAUGE -> gauge(metric, labels, extra, scale);
            case HISTOGRAM -> histogram(metric, labels, extra, scale);
        };
    }

    private Recorder counter(Metric metric, String[] labels, ExtraTags extra) {
        Counter counter = Counter.builder()
                .name(PrometheusName.stem(metric))
                .help(metric.description())
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
        Series<CounterDataPoint> series = new Series<>(counter::labelValues, extra.values(metric));
        begin(metric, series);
        return (value, tagValues) -> series.of(tagValues).inc(value);
    }

    private Recorder gauge(Metric metric, String[] labels, ExtraTags extra, double scale) {
        Gauge gauge = Gauge.builder()
                .name(PrometheusName.stem(metric))
                .unit(PrometheusName.unit(metric))
                .help(metric.description())
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
        Series<GaugeDataPoint> series = new Series<>(gauge::labelValues, extra.values(metric));
        begin(metric, series);
        return (value, tagValues) -> series.of(tagValues).set(value * scale);
    }

    private Recorder histogram(Metric metric, String[] labels, ExtraTags extra, double scale) {
        Histogram histogram = Histogram.builder()
                .name(PrometheusName.stem(metric))
                .unit(PrometheusName.unit(metric))
                .help(metric.description())
                .labelNames(labels)
                .classicOnly()
                .classicUpperBounds(Buckets.of(metric))
                .withoutExemplars()
                .register(registry);
        Series<DistributionDataPoint> series = new Series<>(histogram::labelValues, extra.values(metric));
        begin(metric, series);
        return (value, tagValues) -> series.of(tagValues).observe(value * scale);
    }

    /** Makes the data points that will be there anyway, so that they are exported as zero from the start. */
    private static void begin(Metric metric, Series<?> series) {
        if (metric.tags().isEmpty()) {
            series.of(List.of());
        }
        KNOWN_VALUES.getOrDefault(metric, List.of()).forEach(value -> series.of(List.of(value)));
    }
}
