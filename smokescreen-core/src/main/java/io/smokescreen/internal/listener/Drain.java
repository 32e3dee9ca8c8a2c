package io.smokescreen.internal.listener;

import io.smokescreen.internal.track.OpenConnection;
import io.smokescreen.internal.track.OpenConnection.Load;
import java.time.Duration;
import java.util.Collection;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until nothing is left that would be missed: every client's connection is closed, or belongs to a tunnel that is idle
 * (Go: {@code conntrack.Tracker.MaybeIdleIn}). Tells now and then how far it is.
 */
final class Drain {

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    /** Tunnels that are idle call nobody. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private static final Duration TELL_EVERY = Duration.ofSeconds(10);

    private final Supplier<Collection<OpenConnection>> connections;
    private final IntSupplier clients;
    private final Duration idle;
    private final LongSupplier nanoTime;

    /** Waits until all clients' connections are closed. */
    @FunctionalInterface
    interface Wait {

        /** {@return whether that is so; false after the time given} */
        boolean forAllClosed(Duration limit) throws InterruptedException;
    }

    /**
     * @param connections to destinations, that are open at the time
     * @param clients how many connections of clients are open at the time
     * @param idle a tunnel that carried nothing for so long is idle
     * @param nanoTime the clock, as {@link System#nanoTime()}
     */
    Drain(Supplier<Collection<OpenConnection>> connections, IntSupplier clients, Duration idle, LongSupplier nanoTime) {
        this.connections = connections;
        this.clients = clients;
        this.idle = idle;
        this.nanoTime = nanoTime;
    }

    /** {@return whether nothing was left before the limit} */
    boolean await(Duration limit, Wait wait) throws InterruptedException {
        long start = nanoTime.getAsLong();
        long told = start;
        LOG.info("draining: {}, waiting at most {} s", describe(), limit.toSeconds());
        while (true) {
            long now = nanoTime.getAsLong();
            long left = limit.toNanos() - (now - start);
            if (wait.forAllClosed(Duration.ofNanos(Math.max(1, Math.min(left, LOOK_EVERY.toNanos()))))) {
                LOG.info("drained: every connection is closed");
                return true;
            }
            if (onlyIdleTunnelsAreLeft()) {
                LOG.info("drained: {}", describe());
                return true;
            }
            if (left <= LOOK_EVERY.toNanos()) {
                LOG.warn("not drained within {} s: {}", limit.toSeconds(), describe());
                return false;
            }
            if (now - told >= TELL_EVERY.toNanos()) {
                told = now;
                LOG.info(
                        "draining: {}, at most {} s more",
                        describe(),
                        Duration.ofNanos(left).toSeconds());
            }
        }
    }

    /** Each tunnel has one client; more clients than tunnels have something else to finish. */
    private boolean onlyIdleTunnelsAreLeft() {
        int open = clients.getAsInt();
        Collection<OpenConnection> all = connections.get();
        boolean active = all.stream().anyMatch(each -> each.activeForNanos(idle) > 0);
        return !active && open <= all.stream().filter(Drain::isTunnel).count();
    }

    private static boolean isTunnel(OpenConnection connection) {
        return connection.load() == Load.TUNNEL;
    }

    private String describe() {
        Collection<OpenConnection> all = connections.get();
        long active = all.stream().filter(each -> each.activeForNanos(idle) > 0).count();
        return clients.getAsInt() + " connections of clients and " + all.size() + " to destinations are open, " + active
                + " of them active";
    }
}
