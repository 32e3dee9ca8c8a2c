package io.smokescreen;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.SmokescreenException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An egress proxy. Clients reach the outside only through it; it knows who asks, whether that role may reach that host,
 * and that the address it connects to is one it checked.
 *
 * <pre>{@code
 * try (Smokescreen proxy = Smokescreen.builder()
 *         .listen("127.0.0.1", 0)
 *         .roleExtractor(request -> request.certificate().flatMap(Roles::organizationalUnit))
 *         .aclPolicy(Acl.fromYaml(Path.of("acl.yaml")))
 *         .start()) {
 *     proxy.address(); // where clients point HTTPS_PROXY
 * }
 * }</pre>
 *
 * <p>Several can run in one JVM. A proxy installs no signal handler and no shutdown hook, never ends the process and
 * touches no global state.
 *
 * <p>Thread safety: all methods are safe from any thread; {@link #close}, {@link #stop} and {@link #reload} wait, so never
 * call them on an event loop.
 *
 * @see SmokescreenBuilder
 * @see SmokescreenException
 */
public final class Smokescreen implements AutoCloseable {

    private final Engine engine;
    private final Policy policy;
    private @Nullable RunningEngine running;
    private @Nullable Explanations explanations;
    private final Object reloading = new Object();
    private volatile boolean closed;

    Smokescreen(SmokescreenBuilder builder) {
        this.engine = new Engine(builder);
        this.policy = engine.policy();
    }

    /** {@return a builder with every setting at its default} */
    public static SmokescreenBuilder builder() {
        return new SmokescreenBuilder();
    }

    /**
     * Starts to listen. Call it once.
     *
     * @return this
     * @throws SmokescreenException if the address cannot be listened on; nothing is left behind then
     * @throws IllegalStateException if it was started or closed before
     */
    public synchronized Smokescreen start() {
        if (closed) {
            throw new IllegalStateException("already closed");
        }
        if (running != null) {
            throw new IllegalStateException("already started, listening on " + running.address());
        }
        running = engine.start();
        return this;
    }

    /**
     * {@return where it listens, with the port that was chosen if 0 was asked for}
     *
     * @throws IllegalStateException if it is not started
     */
    public synchronized InetSocketAddress address() {
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running.address();
    }

    /** {@return the decisions of this proxy, without a socket; works before {@link #start()} too} */
    public Policy policy() {
        return policy;
    }

    /**
     * Tells what would be answered to a request, like {@link Policy#checkTarget}, and looks its name up for that, as a real
     * request does. Nothing is connected to, but DNS servers; nothing is logged or measured. It works before {@link #start()}
     * too. The first call begins a thread that ends with {@link #close()}; the answer arrives on it, so whatever depends on
     * the answer must not block.
     *
     * <p>Each look-up under way costs a socket: whoever asks about many targets limits how many are asked about at once.
     *
     * @param role the client's role; the empty string for a client without one
     * @param target {@code host:port} as in CONNECT, or an {@code http} or {@code https} URL as in any other request
     * @param nextHop the URL of the proxy to go through, as in {@code X-Upstream-Https-Proxy}; the empty string for none
     * @return the verdict. It is there within the DNS and policy timeouts; it fails only if the proxy is closed before
     * @throws IllegalStateException if the proxy is closed
     */
    public CompletionStage<PolicyVerdict> explain(String role, String target, String nextHop) {
        return explanations().explain(DryRunPolicy.question(role, target, nextHop));
    }

    private synchronized Explanations explanations() {
        if (closed) {
            throw new IllegalStateException("already closed");
        }
        if (explanations == null) {
            explanations = engine.explanations();
        }
        return explanations;
    }

    /**
     * Loads ACL, address rules and TLS again from the source of {@link SmokescreenBuilder#rules}, checks all of them, and
     * puts them in force at once. When it returns, every request that begins is decided by the new rules, and every
     * connection that is accepted begins with the new certificate. A request that began before is decided by the old rules
     * to its end; tunnels and TLS connections that are open stay as they are. No request waits for a reload.
     *
     * <p>If anything is wrong, all of the old stays in force, one line is logged that tells what and where, and
     * {@code acl.reload_error} is counted. Otherwise one line is logged that tells what changed, and {@code acl.reload} is
     * counted.
     *
     * <pre>{@code
     * try {
     *     proxy.reload().changes().forEach(System.out::println);
     * } catch (ConfigurationException e) {
     *     System.err.println(e.getMessage()); // acl.yaml:7:5: unknown key 'allowed_domain' ...
     * }
     * }</pre>
     *
     * <p>It may be called before {@link #start()} too. It runs on the calling thread; of several calls at the same time one
     * waits for the other.
     *
     * @return what changed
     * @throws ConfigurationException if the rules cannot be loaded or used
     * @throws IllegalStateException if there is no source, or the proxy is closed
     */
    public ReloadReport reload() {
        synchronized (reloading) {
            if (closed) {
                throw new IllegalStateException("already closed");
            }
            return engine.reload();
        }
    }

    /**
     * {@return the connections to destinations that are open, in no particular order: tunnels, plain HTTP requests on their way
     * and connections that wait for the next one. The numbers are at most a moment old; asking costs the proxy nothing but the
     * list}
     */
    public List<ConnectionSnapshot> openConnections() {
        return engine.openConnections();
    }

    /** {@return how many measurements the metrics sink failed to take} */
    public long metricsFailures() {
        return engine.metricsFailures();
    }

    /**
     * Stops gracefully: accepts no further connection, answers requests on open ones with {@code Connection: close}, waits
     * until every tunnel has closed or carried nothing for {@link TimeoutOptions#idle()}, and closes what is left then or at
     * the deadline. Connections that wait for a request are closed after two seconds. How far it is is logged every ten seconds.
     * Then as {@link #close()}. Does nothing if it is not started or closed already.
     *
     * @param deadline how long to wait at most, at least a millisecond
     * @return whether nothing active was left before the deadline
     */
    public boolean stop(Duration deadline) {
        Preconditions.positive(deadline, "deadline");
        RunningEngine draining;
        synchronized (this) {
            draining = running;
        }
        boolean ended = true;
        if (draining != null) {
            try {
                ended = draining.drain(deadline);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // whoever interrupts wants it to end now
                ended = false;
            }
        }
        close();
        return ended;
    }

    /** Closes everything at once, tunnels included, and waits until threads and sockets are gone. May be called again. */
    @Override
    public synchronized void close() {
        closed = true;
        if (explanations != null) {
            explanations.close();
            explanations = null;
        }
        if (running != null) {
            running.close();
            running = null;
        }
    }
}
