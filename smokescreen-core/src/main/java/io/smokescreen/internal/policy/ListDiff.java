package io.smokescreen.internal.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one list has and another has not; the order and what stands twice do not count.
 *
 * @param added in the later list only, in its order
 * @param removed in the earlier list only, in its order
 */
public record ListDiff(List<String> added, List<String> removed) {

    /** {@return the difference; it costs one look for each entry} */
    public static ListDiff between(List<String> before, List<String> after) {
        if (before.equals(after)) {
            return new ListDiff(List.of(), List.of());
        }
        return new ListDiff(missingFrom(before, after), missingFrom(after, before));
    }

    private static List<String> missingFrom(List<String> known, List<String> entries) {
        Set<String> seen = new HashSet<>(2 * (known.size() + entries.size()));
        seen.addAll(known);
        List<String> missing = new ArrayList<>();
        for (String entry : entries) {
            if (seen.add(entry)) {
                missing.add(entry);
            }
        }
        return missing;
    }

    /** {@return whether the lists have the same entries} */
    public boolean isEmpty() {
        return added.isEmpty() && removed.isEmpty();
    }

    /** {@return the difference in words, such as {@code 2 added (a, b), 1 removed (c)}} */
    public String text(Excerpt names) {
        List<String> parts = new ArrayList<>();
        if (!added.isEmpty()) {
            parts.add(added.size() + " added" + names.of(added));
        }
        if (!removed.isEmpty()) {
            parts.add(removed.size() + " removed" + names.of(removed));
        }
        return String.join(", ", parts);
    }
}
