package io.smokescreen.internal.address;

/**
 * A block of addresses of one family. IPv4 stands in the lower 32 bits of {@code low} with a length of 0 to 32.
 *
 * @param ipv6 the family
 * @param high the upper 64 bits of the first address; 0 for IPv4
 * @param low the lower 64 bits of the first address
 * @param length how many leading bits are fixed
 */
record Cidr(boolean ipv6, long high, long low, int length) implements Comparable<Cidr> {

    /** Clears the host bits, so that equal blocks are equal records. */
    Cidr {
        int free = (ipv6 ? 128 : 32) - length;
        if (length < 0 || free < 0) {
            throw new IllegalArgumentException("prefix length " + length);
        }
        high &= free >= 128 ? 0 : free > 64 ? -1L << (free - 64) : -1L;
        low &= free >= 64 ? 0 : -1L << free;
    }

    static Cidr v4(int address, int length) {
        return new Cidr(false, 0, Integer.toUnsignedLong(address), length);
    }

    static Cidr v6(long high, long low, int length) {
        return new Cidr(true, high, low, length);
    }

    /** Whether this block is a single address. */
    boolean isSingle() {
        return length == (ipv6 ? 128 : 32);
    }

    long lastHigh() {
        int free = (ipv6 ? 128 : 32) - length;
        return free >= 128 ? -1L : free > 64 ? high | ~(-1L << (free - 64)) : high;
    }

    long lastLow() {
        int free = (ipv6 ? 128 : 32) - length;
        return free >= 64 ? -1L : low | ~(-1L << free);
    }

    boolean contains(Cidr other) {
        return ipv6 == other.ipv6
                && length <= other.length
                && new Cidr(ipv6, other.high, other.low, length).equals(this);
    }

    /** By first address, a block before those inside it. */
    @Override
    public int compareTo(Cidr other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        int byLow = byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
        return byLow != 0 ? byLow : Integer.compare(length, other.length);
    }
}
