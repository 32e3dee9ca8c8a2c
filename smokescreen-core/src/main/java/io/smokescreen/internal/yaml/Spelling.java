package io.smokescreen.internal.yaml;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the word somebody meant. */
public final class Spelling {

    /** Longer words are not compared: nobody misspells a key of 64 characters, and the cost is quadratic. */
    private static final int MAX_LENGTH = 64;

    /** A part of a word that is shorter could be of any. */
    private static final int SHORTEST_PART = 3;

    private Spelling() {}

    /** Returns {@code ; did you mean 'x'?}, or the empty string where no known word is near. */
    public static String suggestion(String word, Collection<String> known) {
        return nearest(word, known)
                .map(best -> "; did you mean '" + best + "'?")
                .orElse("");
    }

    private static Optional<String> nearest(String word, Collection<String> known) {
        if (word.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= tolerance(candidate))
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .or(() -> onlyOneWith(word, known));
    }

    /** Finds the word of which only a part was written. */
    private static Optional<String> onlyOneWith(String part, Collection<String> known) {
        List<String> found =
                known.stream().filter(candidate -> candidate.contains(part)).toList();
        return part.length() >= SHORTEST_PART && found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private static int tolerance(String candidate) {
        return Math.max(1, candidate.length() / 3);
    }

    /** How many letters must be added, removed, changed or swapped with the next one. */
    private static int distance(String from, String to) {
        int[][] rows = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                rows[i][j] = i == 0 ? j : j == 0 ? i : cheapest(rows, from, i, to, j);
            }
        }
        return rows[from.length()][to.length()];
    }

    private static int cheapest(int[][] rows, String from, int i, String to, int j) {
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int cost = Math.min(rows[i - 1][j - 1] + (same ? 0 : 1), Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(cost, rows[i - 2][j - 2] + 1) : cost;
    }
}
