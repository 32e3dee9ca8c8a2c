package io.smokescreen.internal.track;

import io.smokescreen.api.Metric;
import io.smokescreen.api.MetricsSink;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the application's sink. What it throws never reaches a request: the first time is logged, each is counted. */
public final class GuardedMetricsSink implements MetricsSink {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedMetricsSink.class);

    private final MetricsSink sink;
    private final AtomicLong failures = new AtomicLong();

    public GuardedMetricsSink(MetricsSink sink) {
        this.sink = sink;
    }

    /** {@return how often the sink threw} */
    public long failures() {
        return failures.get();
    }

    @Override
    @SuppressWarnings("CatchingUnchecked") // whatever user code throws, a request goes on
    public void record(Metric metric, double value, List<String> tagValues) {
        try {
            sink.record(metric, value, tagValues);
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            if (failures.getAndIncrement() == 0) {
                LOG.error("MetricsSink.record threw; further failures are only counted", e);
            }
        }
    }

    /** Adds one to a counter without tags. */
    void count(Metric metric) {
        record(metric, 1, List.of());
    }
}
