package io.smokescreen.cli.metrics;

import io.prometheus.metrics.model.snapshots.Unit;
import io.smokescreen.api.Metric;
import org.jspecify.annotations.Nullable;

/**
 * What a metric is called in Prometheus: {@code smokescreen_}, Go's name with underscores, the base unit, and
 * {@code _total} at the end of a counter, each once. {@code proxy_duration_ms} is
 * {@code smokescreen_proxy_duration_seconds}.
 */
final class PrometheusName {

    static final String PREFIX = "smokescreen_";

    private static final String TOTAL = "_total";
    private static final String MILLISECONDS = "_ms";

    private PrometheusName() {}

    /** {@return the name without unit and without {@code _total}, which the library appends} */
    static String stem(Metric metric) {
        String name = PREFIX + metric.metricName().replace('.', '_');
        String suffix = metric.unit() == Metric.Unit.MILLISECONDS ? MILLISECONDS : TOTAL;
        return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
    }

    /** {@return the base unit, or null} */
    static @Nullable Unit unit(Metric metric) {
        return switch (metric.unit()) {
            case NONE -> null;
            case SECONDS, MILLISECONDS -> Unit.SECONDS;
            case BYTES -> Unit.BYTES;
        };
    }

    /** {@return what one of the metric's unit is in the base unit} */
    static double scale(Metric metric) {
        return metric.unit() == Metric.Unit.MILLISECONDS ? 1e-3 : 1;
    }
}
