package io.smokescreen.cli.metrics;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The data points of one metric. Finding one that is known makes no object; asking a library for it with the values of all
 * tags makes some each time.
 *
 * @param <P> what an exporter's library takes for a combination of tag values
 */
final class Series<P> {

    /**
     * The most combinations of tag values of one metric: {@value}. Core hands out what operators wrote in ACL files, but a
     * policy of an application may make up projects as it goes, and what is exported stays in memory.
     */
    static final int MAX_POINTS = 10_000;

    /** What every tag says of a measurement that came after the last place was taken. */
    static final String OTHER = "other";

    private final Function<String[], P> make;
    private final List<String> extraValues;
    private final ConcurrentHashMap<List<String>, P> points = new ConcurrentHashMap<>();

    /**
     * @param make makes the data point of tag values, the extra ones at the end; equal values give the same data point
     * @param extraValues the values of the extra tags
     */
    Series(Function<String[], P> make, List<String> extraValues) {
        this.make = make;
        this.extraValues = extraValues;
    }

    P of(List<String> tagValues) {
        P known = points.get(tagValues);
        return known == null ? first(tagValues) : known;
    }

    private P first(List<String> tagValues) {
        boolean full = points.size() >= MAX_POINTS;
        List<String> values = full ? tagValues.stream().map(value -> OTHER).toList() : List.copyOf(tagValues);
        return points.computeIfAbsent(
                values,
                each -> make.apply(
                        Stream.concat(each.stream(), extraValues.stream()).toArray(String[]::new)));
    }
}
