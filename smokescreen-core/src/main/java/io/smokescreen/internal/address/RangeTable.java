package io.smokescreen.internal.address;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/**
 * Finds the value of the most specific block an address is in, without allocating. Nested blocks are flattened, when the
 * table is made, into segments that cover the whole space side by side; a lookup is one binary search over their first
 * addresses, without a branch that depends on the address.
 *
 * <p>Thread safety: immutable.
 */
final class RangeTable<V> {

    private final int[] v4Starts;
    private final Object[] v4Values;
    private final long[] v6Highs;
    private final long[] v6Lows;
    private final Object[] v6Values;

    private RangeTable(Segments<V> v4, Segments<V> v6) {
        this.v4Starts = new int[v4.count];
        for (int i = 0; i < v4.count; i++) {
            v4Starts[i] = (int) v4.lows[i] ^ Integer.MIN_VALUE;
        }
        this.v4Values = Arrays.copyOf(v4.values, v4.count);
        this.v6Highs = Arrays.copyOf(v6.highs, v6.count);
        this.v6Lows = Arrays.copyOf(v6.lows, v6.count);
        for (int i = 0; i < v6.count; i++) {
            v6Highs[i] ^= Long.MIN_VALUE;
            v6Lows[i] ^= Long.MIN_VALUE;
        }
        this.v6Values = Arrays.copyOf(v6.values, v6.count);
    }

    /**
     * Compiles a table.
     *
     * @param blocks the values of the blocks
     * @param outside the value of addresses in no block
     * @param nest gives the value of a block from that of the block around it and its own
     */
    static <V> RangeTable<V> compile(Map<Cidr, V> blocks, V outside, BinaryOperator<V> nest) {
        SortedMap<Cidr, V> v4 = new TreeMap<>();
        SortedMap<Cidr, V> v6 = new TreeMap<>();
        blocks.forEach((block, value) -> (block.ipv6() ? v6 : v4).put(block, value));
        return new RangeTable<>(
                flatten(v4, Cidr.v4(0, 0), outside, nest), flatten(v6, Cidr.v6(0, 0, 0), outside, nest));
    }

    /** {@return the value at an IPv4 address} */
    @SuppressWarnings("unchecked") // only compile() fills the array
    V get(int address) {
        int key = address ^ Integer.MIN_VALUE;
        int[] starts = v4Starts;
        int base = 0;
        for (int size = starts.length; size > 1; ) {
            int half = size >>> 1;
            base = starts[base + half] <= key ? base + half : base;
            size -= half;
        }
        return (V) v4Values[base];
    }

    /** {@return the value at an IPv6 address} */
    @SuppressWarnings("unchecked") // only compile() fills the array
    V get(long high, long low) {
        long highKey = high ^ Long.MIN_VALUE;
        long[] highs = v6Highs;
        int base = 0;
        for (int size = highs.length; size > 1; ) {
            int half = size >>> 1;
            base = highs[base + half] <= highKey ? base + half : base;
            size -= half;
        }
        return (V) v6Values[highs[base] == highKey ? lastNotAfter(base, highKey, low ^ Long.MIN_VALUE) : base];
    }

    /** Among the segments that share the upper half of the address, which end at {@code last}, finds the one by the lower. */
    private int lastNotAfter(int last, long highKey, long lowKey) {
        if (v6Lows[last] <= lowKey) {
            return last;
        }
        int from = 0;
        int to = last;
        while (to - from > 1) {
            int middle = (from + to) >>> 1;
            boolean notAfter = v6Highs[middle] < highKey || (v6Highs[middle] == highKey && v6Lows[middle] <= lowKey);
            from = notAfter ? middle : from;
            to = notAfter ? to : middle;
        }
        return from;
    }

    /** Walks the blocks in order with the stack of those that are open, and starts a segment where the value changes. */
    private static <V> Segments<V> flatten(
            SortedMap<Cidr, V> blocks, Cidr everything, V outside, BinaryOperator<V> nest) {
        Segments<V> segments = new Segments<>(2 * blocks.size() + 1);
        Deque<Open<V>> open = new ArrayDeque<>();
        open.push(new Open<>(everything, outside));
        segments.start(0, 0, outside);
        blocks.forEach((block, own) -> {
            closeUntil(open, block, segments);
            V value = nest.apply(open.element().value, own);
            open.push(new Open<>(block, value));
            segments.start(block.high(), block.low(), value);
        });
        closeUntil(open, everything, segments);
        return segments;
    }

    /** Closes the blocks that {@code next} is not in. Behind each, the value of the one around it goes on. */
    private static <V> void closeUntil(Deque<Open<V>> open, Cidr next, Segments<V> segments) {
        while (!open.element().block.contains(next)) {
            Cidr closed = open.pop().block;
            long low = closed.lastLow() + 1;
            long high = low == 0 ? closed.lastHigh() + 1 : closed.lastHigh();
            boolean endOfSpace = closed.ipv6() ? high == 0 && low == 0 : low == 1L << 32;
            if (!endOfSpace) {
                segments.start(high, low, open.element().value);
            }
        }
    }

    private record Open<V>(Cidr block, V value) {}

    /** Segments under construction, in ascending order. */
    private static final class Segments<V> {

        private final long[] highs;
        private final long[] lows;
        private final Object[] values;
        private int count;

        Segments(int capacity) {
            this.highs = new long[capacity];
            this.lows = new long[capacity];
            this.values = new Object[capacity];
        }

        void start(long high, long low, V value) {
            if (count > 0 && highs[count - 1] == high && lows[count - 1] == low) {
                count--;
            }
            if (count > 0 && values[count - 1].equals(value)) {
                return;
            }
            highs[count] = high;
            lows[count] = low;
            values[count++] = value;
        }
    }
}
