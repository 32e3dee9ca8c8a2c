package io.smokescreen.internal.policy;

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
 * itself, unless no entry has that length. Names are compared in place; nothing is allocated.
 *
 * <p>Thread safety: immutable.
 *
 * @param <V> what an entry stands for
 */
final class HostIndex<V> {

    private final @Nullable Slot<V>[] table;
    private final boolean anyPorts;

    /** Which lengths the entries have: most suffixes of most hosts are not worth a look at the table. */
    private final boolean[] lengths;

    private final boolean[] lengthsBelow;

    private HostIndex(List<Slot<V>> slots) {
        this.table = newTable(slots.size());
        slots.forEach(this::insert);
        this.anyPorts = slots.stream().anyMatch(slot -> slot.port() != Glob.ANY_PORT);
        this.lengths = lengths(slots, false);
        this.lengthsBelow = lengths(slots, true);
    }

    static <V> Builder<V> builder() {
        return new Builder<>();
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
        Slot<V> first = null;
        int hash = 0;
        for (int i = length - 1; i >= end; i--) {
            char c = host.charAt(i);
            int suffix = length - i - 1;
            if (c == '.' && suffix < lengthsBelow.length && lengthsBelow[suffix]) {
                first = earlier(first, probe(host, i + 1, hash, true, port));
            }
            hash = step(hash, c);
        }
        if (wholeMayMatch) {
            first = earlier(first, probe(host, 0, hash, false, port));
        }
        return first == null ? null : first.value();
    }

    private @Nullable Slot<V> probe(String host, int start, int hash, boolean below, int port) {
        Slot<V> found = lookUp(host, start, mix(hash, below, Glob.ANY_PORT), below, Glob.ANY_PORT);
        return anyPorts ? earlier(found, lookUp(host, start, mix(hash, below, port), below, port)) : found;
    }

    private @Nullable Slot<V> lookUp(String host, int start, int hash, boolean below, int port) {
        int mask = table.length - 1;
        for (int i = hash & mask; ; i = (i + 1) & mask) {
            Slot<V> slot = table[i];
            if (slot == null || slot.matches(host, start, hash, below, port)) {
                return slot;
            }
        }
    }

    /** An entry that stands twice counts where it stands first. */
    private void insert(Slot<V> slot) {
        int mask = table.length - 1;
        int i = slot.hash() & mask;
        for (Slot<V> taken = table[i]; taken != null; taken = table[i]) {
            if (taken.matches(slot.name(), 0, slot.hash(), slot.below(), slot.port())) {
                return;
            }
            i = (i + 1) & mask;
        }
        table[i] = slot;
    }

    /** At most half full, so that a probe ends soon and always. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <V> @Nullable Slot<V>[] newTable(int entries) {
        return new Slot[Integer.highestOneBit(Math.max(1, entries)) * 4];
    }

    private static <V> boolean[] lengths(List<Slot<V>> slots, boolean below) {
        int[] lengths = slots.stream()
                .filter(slot -> slot.below() == below)
                .mapToInt(slot -> slot.name().length())
                .toArray();
        boolean[] present = new boolean[1 + Arrays.stream(lengths).max().orElse(0)];
        for (int length : lengths) {
            present[length] = true;
        }
        return present;
    }

    private static <V> @Nullable Slot<V> earlier(@Nullable Slot<V> one, @Nullable Slot<V> other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.order() <= other.order() ? one : other;
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

        private final List<Slot<V>> slots = new ArrayList<>();

        private Builder() {}

        Builder<V> add(Glob glob, V value) {
            int hash = mix(hash(glob.name()), glob.below(), glob.port());
            slots.add(new Slot<>(glob.name(), glob.below(), glob.port(), hash, slots.size(), value));
            return this;
        }

        HostIndex<V> build() {
            return new HostIndex<>(slots);
        }
    }

    private record Slot<V>(String name, boolean below, int port, int hash, int order, V value) {

        boolean matches(String host, int start, int wantedHash, boolean wantedBelow, int wantedPort) {
            return hash == wantedHash
                    && port == wantedPort
                    && below == wantedBelow
                    && name.length() == host.length() - start
                    && host.startsWith(name, start);
        }
    }
}
