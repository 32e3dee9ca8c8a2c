package io.smokescreen.internal.relay;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.smokescreen.internal.track.OpenConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices when nothing crosses a destination's channel any more, in either direction. It looks when the limit could be
 * reached instead of setting a timer with every read. Event loop only.
 */
final class ForwardStall {

    private final OpenConnection connection;
    private final EventLoop loop;
    private final long limitNanos;
    private final Runnable stalled;
    private @Nullable Future<?> timer;

    ForwardStall(OpenConnection connection, EventLoop loop, Duration limit, Runnable stalled) {
        this.connection = connection;
        this.loop = loop;
        this.limitNanos = limit.toNanos();
        this.stalled = stalled;
    }

    void watch() {
        checkIn(limitNanos);
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void checkIn(long nanos) {
        timer = loop.schedule(this::check, nanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        long left = limitNanos - (System.nanoTime() - connection.lastActivityNanos());
        if (left > 0) {
            checkIn(left);
        } else {
            stalled.run();
        }
    }
}
