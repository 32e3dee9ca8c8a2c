package io.smokescreen.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;

/**
 * SIGTERM, SIGINT and SIGUSR2: the first asks for a graceful stop, a second one of the former two ends the process at once.
 *
 * <p>A shutdown hook can do neither half: the JVM ends with 143 after a hook, and a further signal waits for the hook.
 * {@code sun.misc.Signal} can, and is reached by reflection because naming it is a warning that javac cannot be told to
 * accept.
 */
final class StopSignals {

    /** The exit code after a second signal: it was not graceful. */
    private static final int EXIT_AT_ONCE = 1;

    /** What Einhorn sends when another worker has taken over; a second one is no sign of impatience. */
    private static final String HAND_OVER = "USR2";

    private final CompletableFuture<String> first = new CompletableFuture<>();

    private StopSignals() {}

    /** Takes the signals over from the JVM, for the rest of the process. */
    static StopSignals install() {
        StopSignals signals = new StopSignals();
        signals.handle("TERM");
        signals.handle("INT");
        signals.handle(HAND_OVER);
        return signals;
    }

    /** Waits for the first signal and returns its name, such as {@code SIGTERM}. */
    String await() {
        return first.join();
    }

    private void handle(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object receiver = Proxy.newProxyInstance(
                    StopSignals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        received("SIG" + name);
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), receiver);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM lets nobody handle SIG" + name, e);
        }
    }

    private void received(String name) {
        if (!first.complete(name) && !name.equals("SIG" + HAND_OVER)) {
            Runtime.getRuntime().halt(EXIT_AT_ONCE);
        }
    }
}
