package io.smokescreen.internal.policy;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Asks code of the application that the way of a request depends on: whatever it throws and a null are logged, and are no answer.
 *
 * <p>Thread safety: as that of the code that is asked.
 */
final class Guard {

    private final FailureLog failures;

    /** @param what as {@link FailureLog#FailureLog} wants it */
    Guard(String what) {
        this.failures = new FailureLog(what);
    }

    /** {@return the answer, if there is one; never throws} */
    <T> Optional<T> ask(Callable<T> question) {
        try {
            T answer = question.call();
            return failures.isNull(answer) ? Optional.empty() : Optional.of(answer);
        } catch (Throwable e) {
            // Errors too: a StackOverflowError or NoClassDefFoundError in the application must not become a way past
            // it.
            failures.threw(e);
            keepInterrupt(e);
            return Optional.empty();
        }
    }

    /**
     * Hands an interrupt on to whom the thread belongs: to an executor of the application's, or to who asks for a decision without
     * a socket. Without an executor it is an event loop, which is nobody's to interrupt: with NIO the next channel that is read
     * from or written to would be closed, whosever it is ({@link java.nio.channels.ClosedByInterruptException}).
     */
    static void keepInterrupt(Throwable thrown) {
        boolean eventLoop = Thread.currentThread() instanceof FastThreadLocalThread; // as Netty's own all are
        if (thrown instanceof InterruptedException && !eventLoop) {
            Thread.currentThread().interrupt();
        }
    }
}
