package io.smokescreen.cli;

import io.smokescreen.Smokescreen;
import io.smokescreen.api.ConfigurationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reloads the rules when a signal or a changed file asks for it, one reload after the other, on a thread of its own. */
final class Reloads implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);

    private final Smokescreen proxy;
    private final Runnable before;
    private final Runnable after;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "smokescreen-reload");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param before called when a reload begins
     * @param after called when it is over, whether it succeeded or not
     */
    Reloads(Smokescreen proxy, Runnable before, Runnable after) {
        this.proxy = proxy;
        this.before = before;
        this.after = after;
    }

    /** Asks for a reload and returns at once. */
    void request(String why) {
        try {
            thread.execute(() -> reload(why));
        } catch (RejectedExecutionException e) {
            LOG.debug("asked to reload while stopping: {}", why);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void reload(String why) {
        LOG.info("reloading: {}", why);
        before.run();
        try {
            proxy.reload();
        } catch (ConfigurationException e) {
            LOG.debug("the proxy has logged why it cannot reload", e);
        } catch (RuntimeException e) {
            LOG.error("cannot reload, what was in force stays", e);
        } finally {
            after.run();
        }
    }
}
