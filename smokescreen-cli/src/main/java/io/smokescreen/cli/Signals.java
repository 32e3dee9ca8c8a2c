package io.smokescreen.cli;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The signals of the process. SIGTERM, SIGINT and SIGUSR2: the first asks for a graceful stop, a second one of the former two
 * ends the process at once. SIGHUP asks for a reload.
 *
 * <p>A shutdown hook can do neither half of a stop: the JVM ends with 143 after a hook, and a further signal waits for the
 * hook. {@code sun.misc.Signal} can, and is reached by reflection because naming it is a warning that javac cannot be told to
 * accept.
 */
final class Signals {

    /** The exit code after a second signal: it was not graceful. */
    private static final int EXIT_AT_ONCE = 1;

    /** What people send, and send again when they lose patience. SIGUSR2 is Einhorn's, when another worker has taken over. */
    private static final List<String> INSISTENT = List.of("TERM", "INT");

    private final CompletableFuture<String> stop = new CompletableFuture<>();
    private volatile Runnable reload = () -> {};

    private Signals() {}

    /** Takes the signals over from the JVM, for the rest of the process. */
    static Signals install() {
        Signals signals = new Signals();
        INSISTENT.forEach(name -> handle(name, () -> signals.stop(name, true)));
        handle("USR2", () -> signals.stop("USR2", false));
        handle("HUP", () -> signals.reload.run());
        return signals;
    }

    /** Waits for the first signal to stop and returns its name, such as {@code SIGTERM}. */
    String awaitStop() {
        return stop.join();
    }

    /** Says what to do at SIGHUP, which must return at once. One that came before is forgotten: nothing was read by then. */
    void onReload(Runnable action) {
        reload = action;
    }

    private void stop(String name, boolean insistent) {
        if (!stop.complete("SIG" + name) && insistent) {
            Runtime.getRuntime().halt(EXIT_AT_ONCE);
        }
    }

    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object receiver = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        action.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), receiver);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM lets nobody handle SIG" + name, e);
        }
    }
}
