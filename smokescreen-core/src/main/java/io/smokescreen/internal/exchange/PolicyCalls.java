package io.smokescreen.internal.exchange;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
        Once<T> once = new Once<>(loop, timeout, late, answer);
        execute(
                pool,
                () -> {
                    T given = question.get();
                    deliver(loop, () -> once.accept(given));
                },
                () -> once.accept(late));
    }

    /**
     * Asks somebody who may take time without blocking, and hands the answer on: exactly once, on the event loop.
     *
     * @param question calls user code behind its guard, so it neither throws nor fails
     * @param late the answer when there is none in time
     */
    <T> void askLater(EventLoop loop, Supplier<CompletableFuture<T>> question, T late, Consumer<T> answer) {
        Executor pool = executor;
        if (pool == null) {
            CompletableFuture<T> given = question.get();
            if (given.isDone()) {
                answer.accept(given.join());
                return;
            }
            follow(loop, given, new Once<>(loop, timeout, late, answer));
            return;
        }
        Once<T> once = new Once<>(loop, timeout, late, answer);
        execute(pool, () -> follow(loop, question.get(), once), () -> once.accept(late));
    }

    private static void execute(Executor pool, Runnable task, Runnable refused) {
        try {
            pool.execute(task);
        } catch (RuntimeException e) { // full, shut down or broken: nobody can say yes
            LOG.warn("the policy executor did not take a task: {}", e.toString());
            refused.run();
        }
    }

    private static <T> void follow(EventLoop loop, CompletableFuture<T> asked, Once<T> once) {
        var unused = asked.thenAccept(given -> deliver(loop, () -> once.accept(given)));
    }

    private static void deliver(EventLoop loop, Runnable answer) {
        try {
            loop.execute(answer);
        } catch (RejectedExecutionException e) {
            LOG.debug("a policy answered after the proxy was closed");
        }
    }

    /** Takes the first of two answers, of which one is that it is too late. Event loop only. */
    private static final class Once<T> {

        private final Consumer<T> answer;
        private final Future<?> timer;
        private boolean answered;

        Once(EventLoop loop, Duration timeout, T late, Consumer<T> answer) {
            this.answer = answer;
            this.timer = loop.schedule(() -> accept(late), timeout.toNanos(), TimeUnit.NANOSECONDS);
        }

        void accept(T given) {
            if (answered) {
                return;
            }
            answered = true;
            timer.cancel(false);
            answer.accept(given);
        }
    }
}
