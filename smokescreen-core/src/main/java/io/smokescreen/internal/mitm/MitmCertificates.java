package io.smokescreen.internal.mitm;

import io.netty.channel.Channel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.smokescreen.api.Host;
import io.smokescreen.internal.address.Cancellable;
import io.smokescreen.internal.mitm.MitmResult.Failed;
import io.smokescreen.internal.mitm.MitmResult.Overloaded;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS in the names of the hosts asked for last. What is not known is made on threads of its own, once for all who wait for it;
 * the host used longest ago makes room. Failures are not remembered.
 *
 * <p>Thread safety: safe from any thread; the lock is held for looks into maps, never while something is made.
 */
public final class MitmCertificates implements AutoCloseable {

    static final String CLOSED = "the proxy is stopping";
    static final String FAILED = "the certificate for the host cannot be minted";

    private static final Logger LOG = LoggerFactory.getLogger(MitmCertificates.class);

    /** A core mints a thousand or more in a second. */
    private static final int THREADS = 2;

    /** Waiting for all before it takes the last one less than a second. */
    private static final int MAX_WAITING_HOSTS = 1_000;

    private static final int IDLE_THREAD_SECONDS = 60;

    private final HostContexts contexts;
    private final int maxHosts;
    private final ExecutorService executor;
    private final InstantSource clock;
    private final AtomicBoolean failureLogged = new AtomicBoolean();

    private final Map<Host, HostContext> known = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Host, List<Request>> wanted = new HashMap<>();
    private boolean closed;

    /**
     * @param contexts makes what is not known
     * @param maxHosts how many are remembered
     */
    public MitmCertificates(HostContexts contexts, int maxHosts) {
        this(contexts, maxHosts, newExecutor(), InstantSource.system());
    }

    MitmCertificates(HostContexts contexts, int maxHosts, ExecutorService executor, InstantSource clock) {
        this.contexts = contexts;
        this.maxHosts = maxHosts;
        this.executor = executor;
        this.clock = clock;
    }

    private static ExecutorService newExecutor() {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_THREAD_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING_HOSTS),
                new DefaultThreadFactory("smokescreen-mitm", true));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /**
     * Asks for TLS in the name of a host. Call it on the event loop of the client.
     *
     * @param host the host that the client wants to reach, whatever it will ask for in its handshake
     * @param client the client's channel; the context is kept until it closes
     * @param done called once with the result, on the event loop, before this method returns where the host is known; never
     *     after the request was cancelled or the channel has closed
     * @return what to cancel when the client need not wait any longer
     */
    public Cancellable contextFor(Host host, Channel client, Consumer<MitmResult> done) {
        Request request = new Request(client, done);
        HostContext context;
        boolean first = false;
        synchronized (this) {
            context = retainFresh(host);
            if (context == null) {
                first = !wanted.containsKey(host);
                wanted.computeIfAbsent(host, absent -> new ArrayList<>()).add(request);
            }
        }
        if (context != null) {
            request.ready(context);
            return Cancellable.DONE;
        }
        if (first) {
            order(host);
        }
        return request;
    }

    private @Nullable HostContext retainFresh(Host host) {
        HostContext context = known.get(host);
        if (context == null) {
            return null;
        }
        if (context.isFresh(clock.instant())) {
            context.retain();
            return context;
        }
        known.remove(host);
        context.release();
        return null;
    }

    private void order(Host host) {
        try {
            executor.execute(() -> mint(host));
        } catch (RejectedExecutionException e) {
            refuse(host, executor.isShutdown() ? new Failed(CLOSED) : new Overloaded());
        }
    }

    private void mint(Host host) {
        try {
            Instant now = clock.instant();
            String problem = contexts.whyNone(now);
            if (problem.isEmpty()) {
                minted(host, contexts.create(host, now));
                return;
            }
            refuse(host, new Failed(problem));
        } catch (Throwable e) { // whatever it is, nobody may be left waiting
            if (failureLogged.compareAndSet(false, true)) {
                LOG.warn("No certificate was minted for '{}'. Further failures are not logged", host, e);
            }
            refuse(host, new Failed(FAILED));
        }
    }

    private void minted(Host host, HostContext context) {
        List<Request> waiting;
        synchronized (this) {
            waiting = takeWaiting(host);
            waiting.forEach(each -> context.retain());
            remember(host, context);
        }
        waiting.forEach(each -> each.onLoop(() -> each.ready(context), context::release));
    }

    private void remember(Host host, HostContext context) {
        if (closed) {
            context.release();
            return;
        }
        known.put(host, context);
        if (known.size() > maxHosts) {
            Iterator<HostContext> eldest = known.values().iterator();
            eldest.next().release();
            eldest.remove();
        }
    }

    private void refuse(Host host, MitmResult refusal) {
        List<Request> waiting;
        synchronized (this) {
            waiting = takeWaiting(host);
        }
        waiting.forEach(each -> each.onLoop(() -> each.refused(refusal), () -> {}));
    }

    private List<Request> takeWaiting(Host host) {
        List<Request> waiting = wanted.remove(host);
        return waiting == null ? List.of() : waiting;
    }

    /** {@return how many hosts are remembered} */
    synchronized int size() {
        return known.size();
    }

    /** Forgets all, and answers those who wait. What connections use stays until they close. */
    @Override
    public void close() {
        executor.shutdownNow();
        List<Host> hosts;
        synchronized (this) {
            closed = true;
            known.values().forEach(HostContext::release);
            known.clear();
            hosts = List.copyOf(wanted.keySet());
        }
        hosts.forEach(host -> refuse(host, new Failed(CLOSED)));
    }

    /** One client that asks. Event loop only, but for {@link #onLoop}. */
    private static final class Request implements Cancellable {

        private final Channel client;
        private final Consumer<MitmResult> done;
        private boolean cancelled;

        Request(Channel client, Consumer<MitmResult> done) {
            this.client = client;
            this.done = done;
        }

        /** @param otherwise what to do where the event loop has ended */
        void onLoop(Runnable task, Runnable otherwise) {
            try {
                client.eventLoop().execute(task);
            } catch (RejectedExecutionException e) {
                otherwise.run();
            }
        }

        /** @param context retained for this client */
        void ready(HostContext context) {
            if (isGone()) {
                context.release();
                return;
            }
            client.closeFuture().addListener(closed -> context.release());
            done.accept(new MitmResult.Ready(context));
        }

        void refused(MitmResult refusal) {
            if (!isGone()) {
                done.accept(refusal);
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        private boolean isGone() {
            return cancelled || !client.isOpen();
        }
    }
}
