package io.smokescreen.cli.metrics;

import io.smokescreen.api.Metric;
import io.smokescreen.api.MetricsSink;
import java.util.List;

/**
 * Hands each measurement to several sinks, in their order. One that throws keeps none of the others from it; the first
 * failure is thrown when all have had it.
 *
 * <p>Thread safety: that of its sinks.
 */
public final class CompositeSink implements MetricsSink {

    private final List<MetricsSink> sinks;

    private CompositeSink(List<MetricsSink> sinks) {
        this.sinks = sinks;
    }

    /**
     * {@return a sink that hands to all of these; the sink itself if it is one, one that drops everything if it is none}
     *
     * @param sinks who gets each measurement
     */
    public static MetricsSink of(List<MetricsSink> sinks) {
        return switch (sinks.size()) {
            case 0 -> MetricsSink.noop();
            case 1 -> sinks.get(0);
            default -> new CompositeSink(List.copyOf(sinks));
        };
    }

    @Override
    public void record(Metric metric, double value, List<String> tagValues) {
        RuntimeException first = null;
        for (MetricsSink sink : sinks) {
            try {
                sink.record(metric, value, tagValues);
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
