package io.smokescreen.cli.metrics;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.Metric;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Tags with a fixed value that each measurement of a metric carries besides its own, such as the region of a fleet. Fixed
 * before anything is measured (Go: {@code AddMetricTags}), and the same for every exporter.
 *
 * <p>Names are held to what Prometheus takes as the name of a label; values are cleaned as core cleans the values of its own
 * tags.
 */
public final class ExtraTags {

    /** The most characters of a value. */
    static final int MAX_VALUE_LENGTH = 128;

    private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_]*");
    private static final Pattern NOT_IN_VALUES = Pattern.compile("[^A-Za-z0-9_.-]");

    /** Labels that the exposition format gives a meaning of its own. */
    private static final Set<String> RESERVED = Set.of("le", "quantile", "job", "instance");

    private static final ExtraTags NONE = new ExtraTags(Map.of());

    private final Map<Metric, Tags> byMetric = new EnumMap<>(Metric.class);

    /** Names and values of one metric, in the same order. */
    private record Tags(List<String> names, List<String> values) {}

    private ExtraTags(Map<Metric, Map<String, String>> tags) {
        tags.forEach((metric, values) -> byMetric.put(metric, checked(metric, values)));
    }

    /** {@return no tags} */
    public static ExtraTags none() {
        return NONE;
    }

    /**
     * {@return these tags}
     *
     * @param tags name to value, by metric
     * @throws IllegalArgumentException if a name is not {@code [a-zA-Z][a-zA-Z0-9_]*}, has a meaning of its own or is a tag
     *     that the metric has already
     */
    public static ExtraTags of(Map<Metric, Map<String, String>> tags) {
        return new ExtraTags(requireNonNull(tags, "tags"));
    }

    List<String> names(Metric metric) {
        Tags tags = byMetric.get(metric);
        return tags == null ? List.of() : tags.names;
    }

    List<String> values(Metric metric) {
        Tags tags = byMetric.get(metric);
        return tags == null ? List.of() : tags.values;
    }

    private static Tags checked(Metric metric, Map<String, String> tags) {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        new TreeMap<>(tags).forEach((name, value) -> {
            check(metric, name);
            names.add(name);
            values.add(clean(value));
        });
        return new Tags(List.copyOf(names), List.copyOf(values));
    }

    private static void check(Metric metric, String name) {
        String what = "tag '" + name + "' of metric '" + metric.metricName() + "'";
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    what + " is not a name (expected a letter, then letters, digits and '_')");
        }
        if (RESERVED.contains(name)) {
            throw new IllegalArgumentException(what + " has a meaning of its own (expected none of "
                    + RESERVED.stream().sorted().toList() + ")");
        }
        if (metric.tags().contains(name)) {
            throw new IllegalArgumentException(what + " is there already (expected none of " + metric.tags() + ")");
        }
    }

    private static String clean(String value) {
        String cut = value.substring(0, Math.min(value.length(), MAX_VALUE_LENGTH));
        return NOT_IN_VALUES.matcher(cut).replaceAll("_");
    }
}
