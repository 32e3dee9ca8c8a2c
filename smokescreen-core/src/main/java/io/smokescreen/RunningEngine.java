package io.smokescreen;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.smokescreen.internal.listener.ProxyServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads and sockets of a proxy that was started. */
final class RunningEngine {

    private static final Logger LOG = LoggerFactory.getLogger(RunningEngine.class);
    private static final Duration THREADS_END_WITHIN = Duration.ofSeconds(5);

    private final MultiThreadIoEventLoopGroup loops;
    private final ScheduledExecutorService housekeeping;
    private final Duration tunnelIdle;
    private final Runnable beginDrain;
    private final List<AutoCloseable> resources = new ArrayList<>();
    private @Nullable ProxyServer server;

    RunningEngine(
            MultiThreadIoEventLoopGroup loops,
            ScheduledExecutorService housekeeping,
            Duration tunnelIdle,
            Runnable beginDrain) {
        this.loops = loops;
        this.housekeeping = housekeeping;
        this.tunnelIdle = tunnelIdle;
        this.beginDrain = beginDrain;
    }

    MultiThreadIoEventLoopGroup loops() {
        return loops;
    }

    /** Has the resource closed with the engine. */
    <R extends AutoCloseable> R closeLater(R resource) {
        resources.add(resource);
        return resource;
    }

    void serve(ProxyServer listening) {
        this.server = listening;
    }

    InetSocketAddress address() {
        return requireServer().address();
    }

    boolean drain(Duration limit) throws InterruptedException {
        beginDrain.run();
        return requireServer().drain(limit, tunnelIdle);
    }

    /** Closes what is open and waits until the threads have ended. */
    void close() {
        beginDrain.run();
        housekeeping.shutdownNow();
        if (server != null) {
            server.close(tunnelIdle);
        }
        resources.forEach(RunningEngine::closeQuietly);
        boolean ended = loops.shutdownGracefully(0, THREADS_END_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(2 * THREADS_END_WITHIN.toMillis());
        if (!ended) {
            LOG.warn("the event loops have not ended within {}", THREADS_END_WITHIN.multipliedBy(2));
        }
    }

    private ProxyServer requireServer() {
        if (server == null) {
            throw new IllegalStateException("not listening");
        }
        return server;
    }

    static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            LOG.warn("cannot close {}", resource, e);
        }
    }
}
