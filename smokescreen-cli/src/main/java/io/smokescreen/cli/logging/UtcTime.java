package io.smokescreen.cli.logging;

import java.time.Instant;

/**
 * RFC 3339 in UTC with milliseconds, {@code 2026-11-23T15:04:05.678Z}. The calendar is asked once a second, the rest is
 * three digits.
 *
 * <p>Thread safety: none, one thread owns it.
 */
final class UtcTime {

    private long second = Long.MIN_VALUE;
    private String prefix = "";

    /**
     * {@return the text}
     *
     * @param epochMillis milliseconds since 1970
     */
    String format(long epochMillis) {
        long epochSecond = Math.floorDiv(epochMillis, 1000L);
        if (epochSecond != second) {
            String text = Instant.ofEpochSecond(epochSecond).toString();
            prefix = text.substring(0, text.length() - 1);
            second = epochSecond;
        }
        int millis = Math.floorMod(epochMillis, 1000);
        return prefix + (millis < 10 ? ".00" : millis < 100 ? ".0" : ".") + millis + 'Z';
    }
}
