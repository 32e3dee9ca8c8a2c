package io.smokescreen.internal.address;

import java.util.Arrays;

/**
 * Segments that lie side by side and cover a space of 128-bit numbers, with a value each. A lookup goes to a bucket by the
 * leading bits that tell the segments apart, and from there by binary search without a branch that depends on the number:
 * a few steps where segments are spread, never more than the logarithm of their count.
 *
 * <p>Thread safety: immutable.
 */
final class SegmentIndex {

    private static final int MAX_BUCKETS = 1 << 17;

    /** Upper halves of the first numbers, ascending, with the sign bit flipped: signed order is unsigned order. */
    private final long[] highs;

    private final long[] lows;
    private final Object[] values;

    /** The last segment that starts before each bucket; one more than there are buckets. */
    private final int[] buckets;

    private final long firstHigh;
    private final int shift;

    /** Takes ascending first numbers, the first of them 0. */
    SegmentIndex(long[] highs, long[] lows, Object[] values) {
        this.highs = flipped(highs);
        this.lows = flipped(lows);
        this.values = values.clone();
        this.firstHigh = highs[Math.min(1, highs.length - 1)];
        long span = highs[highs.length - 1] - firstHigh;
        int bucketBits = 32 - Integer.numberOfLeadingZeros(Math.min(highs.length, MAX_BUCKETS - 1));
        this.shift = Math.max(0, 64 - Long.numberOfLeadingZeros(span) - bucketBits);
        this.buckets = new int[(int) (span >>> shift) + 2];
        for (int i = 1; i < highs.length; i++) {
            int bucket = (int) ((highs[i] - firstHigh) >>> shift);
            buckets[bucket + 1] = i;
        }
        for (int b = 1; b < buckets.length; b++) {
            buckets[b] = Math.max(buckets[b], buckets[b - 1]);
        }
    }

    /** {@return the value of the segment this number is in} */
    Object get(long high, long low) {
        int base = 0;
        int size = 1;
        if (Long.compareUnsigned(high, firstHigh) >= 0) {
            long offset = (high - firstHigh) >>> shift;
            int bucket = offset < 0 ? buckets.length - 2 : (int) Math.min(offset, buckets.length - 2);
            base = buckets[bucket];
            size = buckets[bucket + 1] - base + 1;
        }
        long highKey = high ^ Long.MIN_VALUE;
        while (size > 1) {
            int half = size >>> 1;
            base = highs[base + half] <= highKey ? base + half : base;
            size -= half;
        }
        return values[highs[base] == highKey ? byLow(base, highKey, low ^ Long.MIN_VALUE) : base];
    }

    /** Among the segments up to {@code last} finds the one by both halves; {@code last} shares the upper half. */
    private int byLow(int last, long highKey, long lowKey) {
        if (lows[last] <= lowKey) {
            return last;
        }
        int from = 0;
        int to = last;
        while (to - from > 1) {
            int middle = (from + to) >>> 1;
            boolean notAfter = highs[middle] < highKey || (highs[middle] == highKey && lows[middle] <= lowKey);
            from = notAfter ? middle : from;
            to = notAfter ? to : middle;
        }
        return from;
    }

    private static long[] flipped(long[] numbers) {
        return Arrays.stream(numbers).map(number -> number ^ Long.MIN_VALUE).toArray();
    }
}
