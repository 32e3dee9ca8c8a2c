package io.smokescreen.cli;

import io.smokescreen.Smokescreen;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.SmokescreenException;
import io.smokescreen.cli.supervisor.Supervisor;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads the rules when a signal or a changed file asks for it, one reload after the other, on a thread of its own. What is
 * asked before there is a proxy is done once there is.
 */
final class Reloads implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);

    private static final Duration END_WITHIN = Duration.ofSeconds(5);

    private final Supervisor supervisor;
    private final CompletableFuture<Smokescreen> proxy = new CompletableFuture<>();

    /** One reload runs, one may wait; what is asked beyond is what the waiting one will do. */
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), Reloads::daemon, new DiscardPolicy());

    Reloads(Supervisor supervisor) {
        this.supervisor = supervisor;
    }

    /** Begins to do what was asked for. */
    void begin(Smokescreen started) {
        proxy.complete(started);
    }

    /** Asks for a reload and returns at once. */
    void request(String why) {
        proxy.thenAccept(started -> thread.execute(() -> reload(started, why)));
    }

    /** Waits for a reload that runs, so that the supervisor hears nothing of it afterwards, and takes no more. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(END_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("a reload goes on while the proxy stops");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "smokescreen-reload");
        thread.setDaemon(true);
        return thread;
    }

    private void reload(Smokescreen started, String why) {
        LOG.info("reloading: {}", why);
        supervisor.reloading();
        try {
            started.reload();
            tellReady("rules reloaded");
        } catch (ConfigurationException e) {
            LOG.debug("the proxy has logged why it cannot reload", e);
            tellReady("the last reload failed, the rules from before are in force");
        } catch (RuntimeException e) {
            LOG.error("cannot reload, the rules from before are in force", e);
            tellReady("the last reload failed, the rules from before are in force");
        }
    }

    private void tellReady(String status) {
        try {
            supervisor.ready(status);
        } catch (SmokescreenException e) {
            LOG.warn("cannot tell the supervisor: {}", e.getMessage());
        }
    }
}
