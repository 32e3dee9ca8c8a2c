package io.smokescreen;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.smokescreen.internal.exchange.Advisers;
import io.smokescreen.internal.exchange.DryRun;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Verdicts that need look-ups, on an event loop beside those of the proxy, which need not be started. */
final class Explanations implements AutoCloseable {

    private static final int ENDS_WITHIN_SECONDS = 5;

    private final MultiThreadIoEventLoopGroup loops;
    private final List<? extends AutoCloseable> resources;
    private final Function<Advisers, DryRun> dryRuns;
    private final EventLoop loop;
    private final Advisers advisers;
    private final Set<Asked> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param loops an event loop
     * @param resources are closed with this, before the event loop ends
     * @param dryRuns makes one, by the rules in force
     * @param advisers whom to ask, on the event loop
     */
    Explanations(
            MultiThreadIoEventLoopGroup loops,
            List<? extends AutoCloseable> resources,
            Function<Advisers, DryRun> dryRuns,
            Function<EventLoop, Advisers> advisers) {
        this.loops = loops;
        this.resources = List.copyOf(resources);
        this.dryRuns = dryRuns;
        this.loop = loops.next();
        this.advisers = advisers.apply(loop);
    }

    CompletionStage<PolicyVerdict> explain(DryRun.Question question) {
        Asked asked = new Asked();
        open.add(asked);
        try {
            loop.execute(() -> dryRuns.apply(advisers).run(question).thenAccept(result -> {
                open.remove(asked);
                asked.answer.complete(DryRunPolicy.verdict(result));
            }));
        } catch (RejectedExecutionException e) {
            asked.fail();
        }
        if (closed) { // meanwhile, and perhaps before this was among the open ones
            asked.fail();
        }
        return asked.answer.minimalCompletionStage();
    }

    /** Ends the look-ups under way; those who wait for them are told. */
    @Override
    public void close() {
        closed = true;
        resources.forEach(RunningEngine::closeQuietly);
        loops.shutdownGracefully(0, ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(2 * ENDS_WITHIN_SECONDS, TimeUnit.SECONDS);
        open.forEach(Asked::fail);
    }

    /** Somebody waits for the answer. */
    private static final class Asked {

        private final CompletableFuture<PolicyVerdict> answer = new CompletableFuture<>();

        void fail() {
            answer.completeExceptionally(new IllegalStateException("closed before there was an answer"));
        }
    }
}
