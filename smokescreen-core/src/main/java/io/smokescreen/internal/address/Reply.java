package io.smokescreen.internal.address;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A place for one answer. The first of {@link #give}, the deadline and {@link #cancel} counts, everything later is
 * dropped; the receiver is called on the event loop, at most once.
 *
 * <p>Thread safety: {@link #give} is safe from any thread, the rest belongs to the event loop, as do all fields.
 */
final class Reply<T> {

    private final EventExecutor loop;
    private @Nullable Consumer<? super T> receiver;
    private @Nullable Future<?> deadline;

    Reply(EventExecutor loop, Consumer<? super T> receiver) {
        this.loop = loop;
        this.receiver = receiver;
    }

    /** Gives an answer in place of one that has not come in time. */
    void orElseAfter(Duration timeout, Runnable late) {
        deadline = loop.schedule(
                () -> {
                    if (!isDone()) {
                        late.run();
                    }
                },
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    void give(T answer) {
        if (loop.inEventLoop()) {
            deliver(answer);
            return;
        }
        try {
            loop.execute(() -> deliver(answer));
        } catch (RejectedExecutionException e) {
            // The event loop has ended, and with it the connection that asked.
            return;
        }
    }

    void cancel() {
        receiver = null;
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    boolean isDone() {
        return receiver == null;
    }

    private void deliver(T answer) {
        Consumer<? super T> waiting = receiver;
        if (waiting != null) {
            cancel();
            waiting.accept(answer);
        }
    }
}
