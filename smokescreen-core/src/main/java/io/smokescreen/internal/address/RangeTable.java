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
 * table is made, into segments that cover the whole space side by side ({@link SegmentIndex}).
 *
 * <p>Thread safety: immutable.
 */
final class RangeTable<V> {

    private final SegmentIndex v4;
    private final SegmentIndex v6;

    private RangeTable(SegmentIndex v4, SegmentIndex v6) {
        this.v4 = v4;
        this.v6 = v6;
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
        Segments<V> v4Segments = flatten(v4, Cidr.v4(0, 0), outside, nest);
        return new RangeTable<>(
                v4Segments.upshifted().toIndex(),
                flatten(v6, Cidr.v6(0, 0, 0), outside, nest).toIndex());
    }

    /** {@return the value at an IPv4 address} */
    @SuppressWarnings("unchecked") // only compile() fills the index
    V get(int address) {
        return (V) v4.get((long) address << 32, 0);
    }

    /** {@return the value at an IPv6 address} */
    @SuppressWarnings("unchecked") // only compile() fills the index
    V get(long high, long low) {
        return (V) v6.get(high, low);
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

        /** Puts IPv4 addresses where the index looks first. */
        Segments<V> upshifted() {
            for (int i = 0; i < count; i++) {
                highs[i] = lows[i] << 32;
                lows[i] = 0;
            }
            return this;
        }

        SegmentIndex toIndex() {
            return new SegmentIndex(
                    Arrays.copyOf(highs, count), Arrays.copyOf(lows, count), Arrays.copyOf(values, count));
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
