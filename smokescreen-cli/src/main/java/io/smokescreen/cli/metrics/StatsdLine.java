package io.smokescreen.cli.metrics;

import static java.util.stream.Collectors.joining;

import io.smokescreen.api.Metric;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Writes measurements as the DogStatsD client of Go's Smokescreen does:
 * {@code smokescreen.acl.allow:1|c|#role:web,def_rule:false,project:team}.
 */
final class StatsdLine {

    /** What Go measures with its client's {@code Timing}: sent in milliseconds, with six decimals. */
    private static final Set<Metric> TIMINGS =
            EnumSet.of(Metric.CONNECTION_TIME, Metric.RESOLVER_LOOKUP_TIME, Metric.PROXY_DURATION);

    private static final String PREFIX = "smokescreen.";
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final int NANOS_PER_MILLI = 1_000_000;
    private static final int DECIMALS = 6;

    /** Up to here every double that is a whole number prints as one. */
    private static final double EXACT = 1L << 53;

    private final Map<Metric, String> extraTags = new EnumMap<>(Metric.class);

    StatsdLine(ExtraTags extra) {
        for (Metric metric : Metric.values()) {
            List<String> names = extra.names(metric);
            List<String> values = extra.values(metric);
            extraTags.put(
                    metric,
                    IntStream.range(0, names.size())
                            .mapToObj(i -> names.get(i) + ":" + values.get(i))
                            .collect(joining(",")));
        }
    }

    /** Appends one line, without its end; {@code value} is a finite number. */
    void append(Metric metric, double value, List<String> tagValues, StringBuilder out) {
        out.append(PREFIX).append(metric.metricName()).append(':');
        if (TIMINGS.contains(metric)) {
            appendMillis(metric.unit() == Metric.Unit.SECONDS ? value * MILLIS_PER_SECOND : value, out);
        } else {
            appendNumber(value, out);
        }
        out.append('|').append(type(metric));
        appendTags(metric, tagValues, out);
    }

    private static String type(Metric metric) {
        return switch (metric.kind()) {
            case COUNTER -> "c";
            case GAUGE -> "g";
            case HISTOGRAM -> TIMINGS.contains(metric) ? "ms" : "h";
        };
    }

    private static void appendNumber(double value, StringBuilder out) {
        if (value == Math.rint(value) && Math.abs(value) <= EXACT) {
            out.append((long) value);
        } else {
            out.append(BigDecimal.valueOf(value).toPlainString());
        }
    }

    private static void appendMillis(double millis, StringBuilder out) {
        long nanos = Math.round(millis * NANOS_PER_MILLI);
        String decimals = Long.toString(nanos % NANOS_PER_MILLI);
        out.append(nanos / NANOS_PER_MILLI)
                .append('.')
                .append("0".repeat(DECIMALS - decimals.length()))
                .append(decimals);
    }

    private void appendTags(Metric metric, List<String> tagValues, StringBuilder out) {
        String before = "|#";
        for (int i = 0; i < tagValues.size(); i++) {
            out.append(before).append(metric.tags().get(i)).append(':').append(tagValues.get(i));
            before = ",";
        }
        String extra = extraTags.getOrDefault(metric, "");
        if (!extra.isEmpty()) {
            out.append(before).append(extra);
        }
    }
}
