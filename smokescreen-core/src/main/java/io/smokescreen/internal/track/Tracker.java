package io.smokescreen.internal.track;

import io.netty.channel.Channel;
import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AddressVerdict;
import io.smokescreen.api.EgressEvent;
import io.smokescreen.api.Metric;
import io.smokescreen.api.RequestContext;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes what happened, once: the canonical log lines and the metrics of decisions, connection attempts and ends. Safe from
 * any event loop.
 */
public final class Tracker {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MILLISECOND = 1e6;

    private final GuardedMetricsSink metrics;
    private final boolean timeConnect;
    private final @Nullable Consumer<EgressEvent> listener;
    private final CanonicalLog log = new CanonicalLog();
    private final Set<OpenConnection> open = ConcurrentHashMap.newKeySet();
    private final DistinctHosts hosts = new DistinctHosts();

    /**
     * @param metrics where measurements go
     * @param timeConnect whether the time of each attempt to connect is one of them
     * @param listener is told what the log is; null: nobody. It does not throw
     */
    public Tracker(GuardedMetricsSink metrics, boolean timeConnect, @Nullable Consumer<EgressEvent> listener) {
        this.metrics = metrics;
        this.timeConnect = timeConnect;
        this.listener = listener;
    }

    /** {@return the connections to destinations that are open now} */
    public Collection<OpenConnection> open() {
        return Collections.unmodifiableCollection(open);
    }

    /** That many requests are in work, open tunnels not counted. */
    public void requestsInWork(int count) {
        metrics.record(Metric.REQUESTS_CONCURRENT, count, List.of());
    }

    /** Counts something that has no tags. */
    public void count(Metric metric) {
        metrics.count(metric);
    }

    /** A client's handshake inside of a tunnel that is looked into failed: often it does not trust the authority. */
    public void tunnelHandshakeFailed() {
        metrics.record(Metric.TLS_HANDSHAKE_ERROR, 1, List.of("mitm"));
    }

    /** The ACL decided. */
    public void decided(ExchangeRecord record, AclDecision decision) {
        Metric metric = switch (decision.result()) {
            case ALLOW -> Metric.ACL_ALLOW;
            case REPORT -> Metric.ACL_REPORT;
            case DENY -> Metric.ACL_DENY;
        };
        String project = TextHygiene.tag(decision.project());
        metrics.record(metric, 1, List.of(record.roleTag(), String.valueOf(decision.defaultRule()), project));
    }

    /** A name was looked up; the addresses it has were judged. */
    public void resolved(long nanos, boolean failed) {
        metrics.count(Metric.RESOLVER_ATTEMPTS);
        metrics.record(Metric.RESOLVER_LOOKUP_TIME, nanos / NANOS_PER_SECOND, List.of());
        if (failed) {
            metrics.count(Metric.RESOLVER_ERRORS);
        }
    }

    /** An address was judged. */
    public void judged(AddressVerdict verdict) {
        metrics.count(verdict.metric());
    }

    /** The attempt to connect begins; what came before is the proxy's own share of the time. */
    public void dialing(ExchangeRecord record) {
        metrics.record(Metric.PROXY_DURATION, record.elapsedNanos() / NANOS_PER_MILLISECOND, List.of());
    }

    /** The attempt to connect succeeded; {@code host} is the destination's, in canonical form. */
    public void dialed(String host, long nanos) {
        hosts.attempted(host, true);
        metrics.record(Metric.CONNECTION_ATTEMPTS, 1, List.of("true"));
        if (timeConnect) {
            metrics.record(Metric.CONNECTION_TIME, nanos / NANOS_PER_SECOND, List.of());
        }
    }

    /** The attempt to connect failed; {@code type} is timeout, refused, reset, aborted or unknown. */
    public void dialFailed(String host, String type) {
        hosts.attempted(host, false);
        metrics.record(Metric.CONNECTION_ATTEMPTS, 1, List.of("false"));
        metrics.record(Metric.CONNECTION_ERRORS, 1, List.of(type));
    }

    /** Tells how many hosts were connected to lately, and how well. Called every so often, off the event loops. */
    public void reportHosts() {
        DistinctHosts.Summary lately = hosts.summary();
        metrics.record(Metric.DISTINCT_DOMAINS, lately.hosts(), List.of());
        metrics.record(Metric.DISTINCT_DOMAINS_SUCCESS_RATE, lately.successRate(), List.of());
    }

    /**
     * Writes the decision line of an exchange; the second and later calls for the same exchange do nothing.
     *
     * @param context makes what user code is told of the request, if it was well-formed
     */
    public void writeDecision(ExchangeRecord record, Supplier<Optional<RequestContext>> context) {
        if (record.decisionWritten) {
            return;
        }
        record.decisionWritten = true;
        log.decision(record);
        if (listener != null) {
            listener.accept(record.decidedEvent(context.get()));
        }
    }

    /**
     * A connection to a destination is established. Its close line is written when the channel is closed, exactly once,
     * whatever closed it. Event loop only.
     */
    public OpenConnection opened(ExchangeRecord record, Channel channel) {
        OpenConnection connection = new OpenConnection(record, channel);
        open.add(connection);
        channel.attr(OpenConnection.KEY).set(connection);
        channel.pipeline().addFirst(new ByteMeter(connection));
        channel.closeFuture().addListener(closed -> closed(connection));
        return connection;
    }

    private void closed(OpenConnection connection) {
        open.remove(connection);
        List<String> tags = List.of(connection.record().roleTag());
        double seconds = connection.ageNanos() / NANOS_PER_SECOND;
        metrics.record(Metric.CONNECTION_CLOSE, 1, tags);
        metrics.record(Metric.CONNECTION_DURATION, seconds, tags);
        metrics.record(Metric.CONNECTION_BYTES_IN, (double) connection.bytesIn(), tags);
        metrics.record(Metric.CONNECTION_BYTES_OUT, (double) connection.bytesOut(), tags);
        if (connection.wasActiveAtTermination()) {
            metrics.record(Metric.CONNECTIONS_ACTIVE_AT_TERMINATION, 1, tags);
        }
        log.close(connection, seconds);
        if (listener != null) {
            connection.closedEvent().ifPresent(listener);
        }
    }
}
