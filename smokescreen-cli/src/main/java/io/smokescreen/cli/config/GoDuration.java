package io.smokescreen.cli.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A duration as Go writes it: {@code 10s}, {@code 1m30s}, {@code 500ms}, {@code 1.5h}. Go: {@code time.ParseDuration},
 * without a sign.
 */
final class GoDuration {

    private static final Pattern PART = Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)");

    private static final Map<String, BigDecimal> NANOS = Map.of(
            "ns", BigDecimal.ONE,
            "us", BigDecimal.valueOf(1_000),
            "µs", BigDecimal.valueOf(1_000),
            "μs", BigDecimal.valueOf(1_000),
            "ms", BigDecimal.valueOf(1_000_000),
            "s", BigDecimal.valueOf(1_000_000_000L),
            "m", BigDecimal.valueOf(60_000_000_000L),
            "h", BigDecimal.valueOf(3_600_000_000_000L));

    /** More than any duration needs; it bounds what a typo can cost. */
    private static final int MAX_LENGTH = 64;

    private GoDuration() {}

    /**
     * {@return the duration; a fraction of a nanosecond is cut off}
     *
     * @param text one or more numbers, each with its unit, or {@code 0}
     * @throws IllegalArgumentException if the text is no duration, or longer than Go's largest (about 292 years)
     */
    static Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw invalid(text, "");
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(text);
        int end = 0;
        while (part.find(end) && part.start() == end) {
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(NANOS.get(part.group(2))));
            end = part.end();
        }
        if (end < text.length()) {
            throw invalid(text, text.substring(end).matches("[0-9.]+") ? ": the unit is missing" : "");
        }
        if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw invalid(text, ": longer than 292 years");
        }
        return Duration.ofNanos(nanos.longValue());
    }

    private static IllegalArgumentException invalid(String text, String why) {
        String shown = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "..." : text;
        return new IllegalArgumentException("'" + shown + "' is not a duration" + why
                + " (expected numbers with units ms, s, m or h, such as '10s', '1m30s', '500ms' or '1.5h')");
    }
}
