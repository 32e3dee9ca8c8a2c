package io.smokescreen.cli.metrics;

import com.timgroup.statsd.InvalidMessageException;
import com.timgroup.statsd.StatsDClientErrorHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the measurements that are on their way to a statsd and those that were dropped, and tells of the dropped ones: at
 * once, and then not more often than {@link #BETWEEN_REPORTS}.
 *
 * <p>It decides itself whether there is room for one more, because the client drops what its queue does not hold without a
 * word (it counts that for its telemetry only, which goes to statsd), and because the client's end is at once, whatever is
 * queued: somebody has to know when nothing is any more.
 *
 * <p>Thread safety: all methods are safe from any thread; {@link #admit} and {@link #drop} neither lock nor log.
 */
final class StatsdTally implements StatsDClientErrorHandler {

    /** The most measurements that wait to be sent: {@value}. */
    static final int MAX_IN_FLIGHT = 32_768;

    static final Duration BETWEEN_REPORTS = Duration.ofMinutes(1);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);
    private static final String FULL = "more than the queue holds";
    private static final Logger LOG = LoggerFactory.getLogger(StatsdTally.class);

    private final StatsdAddress address;
    private final LongSupplier nanoClock;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
    private volatile @Nullable String problem;
    private volatile boolean ended;

    // Guarded by this.
    private long lastReport;
    private long reportedDrops;

    StatsdTally(StatsdAddress address, LongSupplier nanoClock) {
        this.address = address;
        this.nanoClock = nanoClock;
        this.lastReport = nanoClock.getAsLong() - BETWEEN_REPORTS.toNanos();
    }

    /** {@return whether the client may be given one more; if not, it was counted as dropped} */
    boolean admit() {
        if (inFlight.incrementAndGet() <= MAX_IN_FLIGHT) {
            return true;
        }
        inFlight.decrementAndGet();
        dropped.increment();
        if (problem == null) {
            problem = FULL;
        }
        return false;
    }

    /** Counts one that the client is not given. */
    void drop() {
        dropped.increment();
    }

    /** Takes note that the client has sent some. */
    void sent(int measurements) {
        inFlight.addAndGet(-measurements);
        report();
    }

    /** Takes note that the client could not send some; it hands the reason to {@link #handle}. */
    void lost(int measurements) {
        inFlight.addAndGet(-measurements);
        dropped.add(measurements);
    }

    /** Takes a failure from the client: of the socket, or else of one measurement that cannot be sent. */
    @Override
    public void handle(Exception failure) {
        if (!(failure instanceof IOException)) {
            lost(1);
        }
        failed(failure);
    }

    /** Tells of a failure that no single measurement suffered. */
    void failed(Exception failure) {
        problem = describe(failure);
        report();
    }

    /** {@return how many were dropped so far} */
    long dropped() {
        return dropped.sum() + (ended ? inFlight.get() : 0);
    }

    /** Waits until nothing is on its way, but not longer than this. */
    void awaitNothingInFlight(Duration within) {
        long began = System.nanoTime();
        while (inFlight.get() > 0
                && System.nanoTime() - began < within.toNanos()
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    /** Takes what is still on its way, or comes later, for dropped. */
    void end() {
        ended = true;
    }

    private synchronized void report() {
        String reason = problem;
        long now = nanoClock.getAsLong();
        if (reason == null || now - lastReport < BETWEEN_REPORTS.toNanos()) {
            return;
        }
        long drops = dropped();
        LOG.warn("metrics for statsd {}: {} dropped, {} in all ({})", address, drops - reportedDrops, drops, reason);
        lastReport = now;
        reportedDrops = drops;
        problem = null;
    }

    private static String describe(Exception failure) {
        if (failure instanceof InvalidMessageException invalid) {
            return "longer than a packet with all its tags: " + nameIn(invalid.getInvalidMessage());
        }
        Throwable cause = failure.getCause();
        return (cause == null ? failure : cause).toString(); // the client's own says only that it could not start
    }

    /** {@return the name of the metric that the line {@code name:value|type…} is of} */
    private static String nameIn(String line) {
        return line.substring(0, Math.max(0, line.indexOf(':')));
    }
}
