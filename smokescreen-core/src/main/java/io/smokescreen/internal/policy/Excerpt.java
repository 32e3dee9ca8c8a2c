package io.smokescreen.internal.policy;

import java.util.List;

/**
 * Names the first few of many, so that a report is short however much changed. One instance has a number of names for the
 * whole of a report.
 *
 * <p>Thread safety: use it from one thread at a time.
 */
public final class Excerpt {

    /** How many names one report has. */
    public static final int MAX_NAMES = 20;

    private int left = MAX_NAMES;

    /** {@return the names in brackets, such as {@code (a, b and 3 more)}; the empty string where no more can be named} */
    public String of(List<String> names) {
        int named = Math.min(left, names.size());
        if (named == 0) {
            return "";
        }
        left -= named;
        String first = String.join(", ", names.subList(0, named));
        return " (" + first + (named < names.size() ? " and " + (names.size() - named) + " more)" : ")");
    }
}
