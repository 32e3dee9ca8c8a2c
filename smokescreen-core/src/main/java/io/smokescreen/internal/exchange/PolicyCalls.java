package io.smokescreen.internal.exchange;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where calls to the application's policy run: at once on the event loop, or on the executor the application gave, with a
 * limit on how long that may take. Answers arrive on the event loop either way.
 */
public final class PolicyCalls {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyCalls.class);

    private final @Nullable Executor executor;
    private final Duration timeout;

    /**
     * @param executor where to run them; null: on the event loop
     * @param timeout how long one may take on the executor
     */
    public PolicyCalls(@Nullable Executor executor, Duration timeout) {
        this.executor = executor;
        this.timeout = timeout;
    }

    /**
     * Asks, and hands the answer on: exactly once, on the event loop.
     *
     * @param question calls user code behind its guard, so it does not throw
     * @param late the answer when there is none in time
     */
    <T> void ask(EventLoop loop, Supplier<T> question, T late, Consumer<T> answer) {
        Executor pool = executor;
        if (pool == null) {
            answer.accept(question.get());
            return;
        }
        Once<T> once = new Once<>(answer);
        once.timer = loop.schedule(() -> once.accept(late), timeout.toNanos(), TimeUnit.NANOSECONDS);
        try {
            pool.execute(() -> {
                T given = question.get();
                deliver(loop, () -> once.accept(given));
            });
        } catch (RuntimeException e) { // full, shut down or broken: nobody can say yes
            LOG.warn("the policy executor did not take a task: {}", e.toString());
            once.accept(late);
        }
    }

    private static void deliver(EventLoop loop, Runnable answer) {
        try {
            loop.execute(answer);
        } catch (RejectedExecutionException e) {
            LOG.debug("a policy answered after the proxy was closed");
        }
    }

    /** Takes the first of two answers. Event loop only. */
    private static final class Once<T> {

        private final Consumer<T> answer;
        private @Nullable Future<?> timer;
        private boolean answered;

        Once(Consumer<T> answer) {
            this.answer = answer;
        }

        void accept(T given) {
            if (answered) {
                return;
            }
            answered = true;
            if (timer != null) {
                timer.cancel(false);
            }
            answer.accept(given);
        }
    }
}
