package io.smokescreen.internal.address;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the addresses of names until the shortest TTL among them has passed, at most a given time. It holds whole
 * answers: no name is ever known by a part of its addresses. The name used longest ago makes room for a new one. Failures
 * are not remembered.
 *
 * <p>Thread safety: safe from any thread; the lock is held for one look into a map.
 */
final class DnsAnswerCache {

    private final int maxEntries;
    private final long maxTtlNanos;
    private final LongSupplier nanoClock;
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    DnsAnswerCache(int maxEntries, int maxTtlSeconds, LongSupplier nanoClock) {
        this.maxEntries = maxEntries;
        this.maxTtlNanos = TimeUnit.SECONDS.toNanos(maxTtlSeconds);
        this.nanoClock = nanoClock;
    }

    synchronized @Nullable List<InetAddress> get(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            return null;
        }
        if (nanoClock.getAsLong() - entry.expiryNanos >= 0) {
            entries.remove(name);
            return null;
        }
        return entry.addresses;
    }

    synchronized void put(String name, List<InetAddress> addresses, long ttlSeconds) {
        long ttlNanos = Math.min(TimeUnit.SECONDS.toNanos(Math.max(0, ttlSeconds)), maxTtlNanos);
        if (maxEntries == 0 || ttlNanos == 0) {
            return;
        }
        entries.put(name, new Entry(List.copyOf(addresses), nanoClock.getAsLong() + ttlNanos));
        if (entries.size() > maxEntries) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    synchronized int size() {
        return entries.size();
    }

    private record Entry(List<InetAddress> addresses, long expiryNanos) {}
}
