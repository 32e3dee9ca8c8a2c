package io.smokescreen.api;

import java.util.List;

/**
 * Receives measurements. The names are those of {@link Metric}; nothing else can be emitted.
 *
 * <p><b>When:</b> when something happened: a decision, an address judged, an attempt to connect, the end of a tunnel.
 *
 * <p><b>Thread:</b> must be thread-safe and return immediately (no remote calls); it is called on an event loop.
 *
 * <p><b>Failures:</b> a throw never reaches a request. The first one is logged, all are counted
 * ({@code Smokescreen.metricsFailures()}).
 *
 * <p><b>Who sees it:</b> nobody else; tag values were cleaned before they arrive here.
 *
 * <pre>{@code
 * MetricsSink printing = (metric, value, tagValues) -> System.out.println(metric.metricName() + " " + value);
 * }</pre>
 */
@FunctionalInterface
public interface MetricsSink {

    /**
     * Takes one measurement.
     *
     * @param metric what was measured; tells kind, unit and the names of the tags
     * @param value how much: the increment of a counter, the value of a gauge, one observation of a histogram, in the
     *     unit of the metric
     * @param tagValues one value for each of {@link Metric#tags()}, in their order, in characters {@code [A-Za-z0-9_.-]}
     */
    void record(Metric metric, double value, List<String> tagValues);

    /**
     * {@return a sink that drops everything}
     */
    static MetricsSink noop() {
        return (metric, value, tagValues) -> {};
    }
}
