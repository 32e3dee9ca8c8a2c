package io.smokescreen.internal.exchange;

import io.netty.channel.EventLoop;
import io.smokescreen.internal.address.Cancellable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Leads an exchange from one stage to the next, also where the answer between them comes later, until it is over. Event loop
 * only.
 */
final class Steps {

    private final PolicyCalls policyCalls;
    private final EventLoop loop;
    private final Consumer<Throwable> fault;
    private Cancellable pending = Cancellable.DONE;
    private boolean over;

    /**
     * @param policyCalls where policy runs
     * @param loop the event loop of the exchange
     * @param fault told what a stage threw
     */
    Steps(PolicyCalls policyCalls, EventLoop loop, Consumer<Throwable> fault) {
        this.policyCalls = policyCalls;
        this.loop = loop;
        this.fault = fault;
    }

    /** Asks policy, and goes on with the answer. */
    <T> void ask(Supplier<T> question, T late, Consumer<T> next) {
        policyCalls.ask(loop, question, late, answer -> run(() -> next.accept(answer)));
    }

    /** Asks policy that may answer later, and goes on with the answer. */
    <T> void askLater(Supplier<CompletableFuture<T>> question, T late, Consumer<T> next) {
        policyCalls.askLater(loop, question, late, answer -> run(() -> next.accept(answer)));
    }

    /** Begins what can be cancelled. It may lead to the next stage at once, which is then what is to be cancelled. */
    void begin(Supplier<Cancellable> work) {
        Cancellable before = pending;
        Cancellable begun = work.get();
        if (pending == before) {
            pending = begun;
        }
    }

    /** Runs a stage that an asynchronous answer leads to, unless the exchange is over meanwhile. */
    void run(Runnable stage) {
        if (over) {
            return;
        }
        try {
            stage.run();
        } catch (Throwable e) {
            // An Error too: whoever called back would swallow it, and the client would wait for ever.
            fault.accept(e);
        }
    }

    /** Gives up what is under way. */
    void cancel() {
        pending.cancel();
    }

    /** Answers that are still to come lead nowhere. */
    void end() {
        over = true;
    }

    boolean isOver() {
        return over;
    }
}
