package io.smokescreen;

import java.time.Duration;

/** The checks that option types share. */
final class Preconditions {

    private Preconditions() {}

    /** Returns the duration if it is at least a millisecond and fits a count of nanoseconds. */
    static Duration positive(Duration duration, String name) {
        if (duration.toMillis() < 1 || duration.compareTo(Duration.ofDays(36_500)) > 0) {
            throw new IllegalArgumentException(
                    name + " is " + duration + " (expected at least 1 ms and at most 36500 days)");
        }
        return duration;
    }
}
