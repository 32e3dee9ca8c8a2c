package io.smokescreen.internal.upstream;

import io.smokescreen.api.Destination;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections may wait, those of all event loops together. Of two that come for the last place at the same moment
 * both may be turned away. Safe from any thread.
 */
public final class IdleLimits {

    private final int max;
    private final int maxPerHost;
    private final AtomicInteger all = new AtomicInteger();
    private final Map<Destination, Integer> byHost = new ConcurrentHashMap<>();

    /**
     * @param max how many may wait
     * @param maxPerHost how many of them for one host and port
     */
    public IdleLimits(int max, int maxPerHost) {
        this.max = max;
        this.maxPerHost = maxPerHost;
    }

    /** Takes a place, which {@link #remove} gives back, unless there is none. */
    boolean tryAdd(Destination host) {
        int waiting = all.incrementAndGet();
        int waitingForHost = byHost.merge(host, 1, Integer::sum);
        if (waiting <= max && waitingForHost <= maxPerHost) {
            return true;
        }
        remove(host);
        return false;
    }

    void remove(Destination host) {
        all.decrementAndGet();
        byHost.computeIfPresent(host, (key, count) -> count == 1 ? null : count - 1);
    }
}
