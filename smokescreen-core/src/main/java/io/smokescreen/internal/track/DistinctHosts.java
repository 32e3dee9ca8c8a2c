package io.smokescreen.internal.track;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many different hosts were connected to lately, and how many of them could be: of each host the latest attempt within
 * the window counts, so that one host that is asked for often does not speak for all (Go: ConnSuccessRateTracker).
 *
 * <p>Go groups hosts by registrable domain, for which it carries the public suffix list. Here each host is one of its own, in
 * its canonical form: {@code a.example.com} and {@code b.example.com} are two. A list that ages would group wrongly, and
 * quietly so.
 *
 * <p>Clients choose the hosts, so their number is bounded: beyond {@value #MAX_HOSTS} the one that was tried longest ago is
 * forgotten, and the count stays there.
 *
 * <p>Thread safety: all methods are safe from any thread. {@link #attempted} takes constant time.
 */
final class DistinctHosts {

    /**
     * How far back attempts count. Long enough that a quiet proxy has something to tell, short enough that an outage shows
     * while it lasts. Go leaves it to whoever embeds it.
     */
    static final Duration WINDOW = Duration.ofMinutes(5);

    /** The most hosts remembered, which is some megabytes: {@value}. */
    static final int MAX_HOSTS = 10_000;

    private static final double ALL = 100;

    private final long windowNanos;
    private final int maxHosts;
    private final LongSupplier nanoClock;

    /** The latest attempt of each host, in the order of the attempts, so that what expires stands at the front. */
    private final Map<String, Attempt> latest = new LinkedHashMap<>();

    private int succeeded;

    private record Attempt(long nanos, boolean success) {}

    /**
     * What there is to tell.
     *
     * @param hosts different hosts within the window
     * @param successRate part of them whose latest attempt succeeded, 0 to 100; 100 if there are none, as in Go
     */
    record Summary(int hosts, double successRate) {}

    DistinctHosts() {
        this(WINDOW, MAX_HOSTS, System::nanoTime);
    }

    DistinctHosts(Duration window, int maxHosts, LongSupplier nanoClock) {
        this.windowNanos = window.toNanos();
        this.maxHosts = maxHosts;
        this.nanoClock = nanoClock;
    }

    /** An attempt to connect to the host ended. */
    synchronized void attempted(String host, boolean success) {
        Attempt before = latest.remove(host);
        if (before != null) {
            forgotten(before);
        } else if (latest.size() == maxHosts) {
            removeOldest();
        }
        latest.put(host, new Attempt(nanoClock.getAsLong(), success));
        if (success) {
            succeeded++;
        }
    }

    /** Forgets what is older than the window and counts the rest. */
    synchronized Summary summary() {
        long now = nanoClock.getAsLong();
        Iterator<Attempt> oldestFirst = latest.values().iterator();
        while (oldestFirst.hasNext()) {
            Attempt attempt = oldestFirst.next();
            if (now - attempt.nanos < windowNanos) {
                break;
            }
            oldestFirst.remove();
            forgotten(attempt);
        }
        int hosts = latest.size();
        return new Summary(hosts, hosts == 0 ? ALL : ALL * succeeded / hosts);
    }

    private void removeOldest() {
        Iterator<Attempt> oldestFirst = latest.values().iterator();
        forgotten(oldestFirst.next());
        oldestFirst.remove();
    }

    private void forgotten(Attempt attempt) {
        if (attempt.success) {
            succeeded--;
        }
    }
}
