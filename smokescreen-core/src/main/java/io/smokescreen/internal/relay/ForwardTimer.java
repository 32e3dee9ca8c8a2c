package io.smokescreen.internal.relay;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.smokescreen.internal.track.OpenConnection;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notices when a forwarded exchange takes too long, or when nothing crosses the destination's channel any more, in either
 * direction. It looks when a limit could be reached instead of setting a timer with every read. Event loop only.
 */
final class ForwardTimer {

    private final OpenConnection connection;
    private final EventLoop loop;
    private final ForwardLimits limits;
    private final Consumer<Late> late;
    private @Nullable Future<?> timer;
    private long watchedNanos;
    private boolean requestComplete;

    /** What has taken too long. */
    enum Late {
        REQUEST,
        RESPONSE,
        NEXT_BYTE
    }

    ForwardTimer(OpenConnection connection, EventLoop loop, ForwardLimits limits, Consumer<Late> late) {
        this.connection = connection;
        this.loop = loop;
        this.limits = limits;
        this.late = late;
    }

    /** Begins to. How long the connection had waited for this exchange does not count: TLS sends what is written to it later. */
    void watch() {
        watchedNanos = System.nanoTime();
        look();
    }

    /** The request is complete; only the response has a limit from here on. */
    void requestComplete() {
        requestComplete = true;
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void look() {
        long now = System.nanoTime();
        long request = requestComplete ? Long.MAX_VALUE : limits.requestBy() - now;
        long response = limits.responseBy() - now;
        long quiet = Math.min(now - connection.lastActivityNanos(), now - watchedNanos);
        long nextByte = limits.stall().toNanos() - quiet;
        long left = Math.min(Math.min(request, response), nextByte);
        if (left > 0) {
            timer = loop.schedule(this::look, left, TimeUnit.NANOSECONDS);
            return;
        }
        late.accept(left == response ? Late.RESPONSE : left == request ? Late.REQUEST : Late.NEXT_BYTE);
    }
}
