package io.smokescreen.cli.metrics;

import io.smokescreen.api.Metric;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
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

    private static final ExtraTags NONE = new ExtraTags(new EnumMap<>(Metric.class));

    /** Name to value in the order of the names, by metric. */
    private final Map<Metric, SortedMap<String, String>> byMetric;

    private ExtraTags(Map<Metric, SortedMap<String, String>> byMetric) {
        this.byMetric = byMetric;
    }

    /** {@return no tags} */
    public static ExtraTags none() {
        return NONE;
    }

    /**
     * {@return these tags}
     *
     * @param tags name to value, by metric
     * @throws IllegalArgumentException as {@link #withTags} says
     */
    public static ExtraTags of(Map<Metric, Map<String, String>> tags) {
        ExtraTags result = NONE;
        for (Map.Entry<Metric, Map<String, String>> each : tags.entrySet()) {
            result = result.withTags(each.getKey(), each.getValue());
        }
        return result;
    }

    /**
     * {@return these tags and some more}
     *
     * @param metric what they are added to
     * @param tags name to value; a name that was added before gets this value
     * @throws IllegalArgumentException if a name is not {@code [a-zA-Z][a-zA-Z0-9_]*}, has a meaning of its own or is a tag
     *     that the metric has already
     */
    public ExtraTags withTags(Metric metric, Map<String, String> tags) {
        SortedMap<String, String> ofMetric = new TreeMap<>(tagsOf(metric));
        tags.forEach((name, value) -> {
            check(metric, name);
            ofMetric.put(name, clean(value));
        });
        Map<Metric, SortedMap<String, String>> all = new EnumMap<>(byMetric);
        all.put(metric, ofMetric);
        return new ExtraTags(all);
    }

    List<String> names(Metric metric) {
        return List.copyOf(tagsOf(metric).keySet());
    }

    List<String> values(Metric metric) {
        return List.copyOf(tagsOf(metric).values());
    }

    private SortedMap<String, String> tagsOf(Metric metric) {
        return byMetric.getOrDefault(metric, Collections.emptySortedMap());
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
