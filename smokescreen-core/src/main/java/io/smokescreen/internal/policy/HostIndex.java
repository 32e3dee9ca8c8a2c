package io.smokescreen.internal.policy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first entry of a host list that matches a destination, at a cost that does not depend on the length of the list.
 *
 * <p>All entries are in one open hash table, keyed by name, kind (the name itself, or the names below) and port. The names'
 * hash runs from right to left, so that one pass over a host yields the hash of each of its suffixes: for
 * {@code a.b.example.com} it asks for the entries {@code *.com}, {@code *.example.com}, {@code *.b.example.com} and the name
 * itself, unless no entry has that length. The table is an array of numbers and all names are in one array of bytes, so that
 * a long list costs a look two cache misses and not one for each object; nothing is allocated.
 *
 * <p>Thread safety: immutable.
 *
 * @param <V> what an entry stands for
 */
final class HostIndex<V> {

    /** A slot is four numbers: hash, key, where the name begins, and the position in the list; the key of a free one is 0. */
    private static final int SLOT = 4;

    private static final int KEY = 1;
    private static final int NAME = 2;
    private static final int ORDER = 3;

    private static final int NONE = Integer.MAX_VALUE;

    private final int[] table;
    private final int mask;
    private final byte[] names;
    private final List<V> values;
    private final boolean anyPorts;

    /** Which lengths the entries have: most suffixes of most hosts are not worth a look at the table. */
    private final boolean[] lengths;

    private final boolean[] lengthsBelow;

    private HostIndex(List<Glob> globs, List<V> values) {
        int slots =
                Integer.highestOneBit(Math.max(1, globs.size())) * 4; // at most half full: a probe ends soon and always
        this.table = new int[slots * SLOT];
        this.mask = slots - 1;
        this.names =
                new byte[globs.stream().mapToInt(glob -> glob.name().length()).sum()];
        this.values = List.copyOf(values);
        int nameStart = 0;
        for (int order = 0; order < globs.size(); order++) {
            nameStart += insert(globs.get(order), order, nameStart);
        }
        this.anyPorts = globs.stream().anyMatch(glob -> glob.port() != Glob.ANY_PORT);
        this.lengths = lengths(globs, false);
        this.lengthsBelow = lengths(globs, true);
    }

    static <V> Builder<V> builder() {
        return new Builder<>();
    }

    /** Returns what all entries stand for, in the order they were added. */
    List<V> values() {
        return values;
    }

    /**
     * Returns the value of the first entry that matches, in the order they were added, or null.
     *
     * @param host the canonical text of a host
     * @param port the destination's port; entries without a port match each
     */
    @Nullable
    V find(String host, int port) {
        int length = host.length();
        boolean wholeMayMatch = length < lengths.length && lengths[length];
        int end = wholeMayMatch ? 0 : Math.max(0, length - lengthsBelow.length);
        int first = NONE;
        int hash = 0;
        for (int i = length - 1; i >= end; i--) {
            char c = host.charAt(i);
            int suffix = length - i - 1;
            if (c == '.' && suffix < lengthsBelow.length && lengthsBelow[suffix]) {
                first = Math.min(first, probe(host, i + 1, hash, true, port));
            }
            hash = step(hash, c);
        }
        if (wholeMayMatch) {
            first = Math.min(first, probe(host, 0, hash, false, port));
        }
        return first == NONE ? null : values.get(first);
    }

    /** Returns the position of the first entry with that name and kind, for each port or for this one. */
    private int probe(String host, int start, int hash, boolean below, int port) {
        int found = lookUp(host, start, mix(hash, below, Glob.ANY_PORT), below, Glob.ANY_PORT);
        return anyPorts ? Math.min(found, lookUp(host, start, mix(hash, below, port), below, port)) : found;
    }

    private int lookUp(String host, int start, int hash, boolean below, int port) {
        int key = key(host.length() - start, below, port);
        for (int i = hash & mask; ; i = (i + 1) & mask) {
            int slot = i * SLOT;
            if (table[slot + KEY] == 0) {
                return NONE;
            }
            if (table[slot] == hash && table[slot + KEY] == key && isNamed(host, start, table[slot + NAME])) {
                return table[slot + ORDER];
            }
        }
    }

    private boolean isNamed(String host, int start, int nameStart) {
        int length = host.length() - start;
        for (int i = 0; i < length; i++) {
            if (host.charAt(start + i) != names[nameStart + i]) {
                return false;
            }
        }
        return true;
    }

    /** An entry that stands twice counts where it stands first. Returns how many bytes of names it took. */
    private int insert(Glob glob, int order, int nameStart) {
        String name = glob.name();
        int hash = mix(hash(name), glob.below(), glob.port());
        if (lookUp(name, 0, hash, glob.below(), glob.port()) != NONE) {
            return 0;
        }
        int i = hash & mask;
        while (table[i * SLOT + KEY] != 0) {
            i = (i + 1) & mask;
        }
        byte[] bytes = name.getBytes(US_ASCII);
        System.arraycopy(bytes, 0, names, nameStart, bytes.length);
        table[i * SLOT] = hash;
        table[i * SLOT + KEY] = key(name.length(), glob.below(), glob.port());
        table[i * SLOT + NAME] = nameStart;
        table[i * SLOT + ORDER] = order;
        return bytes.length;
    }

    /** Never 0: no name is empty. */
    private static int key(int nameLength, boolean below, int port) {
        return (port << 9) | (below ? 1 << 8 : 0) | nameLength;
    }

    private static boolean[] lengths(List<Glob> globs, boolean below) {
        int[] lengths = globs.stream()
                .filter(glob -> glob.below() == below)
                .mapToInt(glob -> glob.name().length())
                .toArray();
        boolean[] present = new boolean[1 + Arrays.stream(lengths).max().orElse(0)];
        for (int length : lengths) {
            present[length] = true;
        }
        return present;
    }

    private static int hash(String name) {
        int hash = 0;
        for (int i = name.length() - 1; i >= 0; i--) {
            hash = step(hash, name.charAt(i));
        }
        return hash;
    }

    private static int step(int hash, char c) {
        return 31 * hash + c;
    }

    /** Spreads the hash over all bits (the finalizer of MurmurHash3); a polynomial alone clusters similar names. */
    private static int mix(int hash, boolean below, int port) {
        int mixed = hash + (below ? 0x9e3779b9 : 0) + port * 0x85ebca6b;
        mixed = (mixed ^ (mixed >>> 16)) * 0x85ebca6b;
        mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
        return mixed ^ (mixed >>> 16);
    }

    /** Collects entries in their order. */
    static final class Builder<V> {

        private final List<Glob> globs = new ArrayList<>();
        private final List<V> values = new ArrayList<>();

        private Builder() {}

        Builder<V> add(Glob glob, V value) {
            globs.add(glob);
            values.add(value);
            return this;
        }

        HostIndex<V> build() {
            return new HostIndex<>(globs, values);
        }
    }
}
