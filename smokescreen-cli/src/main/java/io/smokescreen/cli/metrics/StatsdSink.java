package io.smokescreen.cli.metrics;

import io.smokescreen.api.Metric;
import io.smokescreen.api.MetricsSink;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends every measurement to a statsd that understands DogStatsD's tags, over UDP, with Datadog's client under Go's names:
 * counters as {@code c}, gauges as {@code g}, histograms as {@code h}.
 *
 * <p>The times to look up ({@code resolver.lookup_time}), to connect ({@code cn.atpt.connect.time}) and of the proxy itself
 * ({@code proxy_duration_ms}) are sent in milliseconds as by Go, with up to six decimals, and also as {@code h}: the client
 * takes the times of type {@code ms} in whole milliseconds only, in which the proxy's own share of a request is nothing, and
 * DogStatsD treats both types alike.
 *
 * <p>A statsd that is dead, slow, refusing or cannot be found slows nothing and fails nothing: measurements wait in a bounded
 * queue for threads of their own, and what cannot be sent is dropped, counted and told once a minute. A name is looked up in
 * the background, and again every {@link #BETWEEN_ATTEMPTS} until it is found; what is measured until then is dropped. The
 * address that was found is kept.
 *
 * <p>At most {@value Series#MAX_POINTS} combinations of tag values of a metric are told apart, as for Prometheus. The client
 * adds a tag for each of the environment variables {@code DD_ENTITY_ID}, {@code DD_ENV}, {@code DD_SERVICE} and
 * {@code DD_VERSION} that is set, as Go's does; no other variable means anything to it.
 *
 * <p>Thread safety: all methods are safe from any thread; {@link #record} neither locks nor waits.
 */
public final class StatsdSink implements MetricsSink, AutoCloseable {

    /** How long until a name that was not found is looked up again. */
    static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(30);

    /** How long {@link #close} waits for a network that takes nothing. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private static final double MILLIS_PER_SECOND = 1e3;

    private final Lookup lookup;
    private final StatsdTally tally;
    private final Map<Metric, Series<String[]>> tags = new EnumMap<>(Metric.class);
    private final ScheduledExecutorService attempts = Executors.newSingleThreadScheduledExecutor(StatsdClient::daemon);
    private volatile @Nullable StatsdClient client;
    private volatile boolean closed;

    /** Finds the socket address, which may take its time. */
    @FunctionalInterface
    interface Lookup {
        InetSocketAddress find() throws IOException;
    }

    private StatsdSink(StatsdAddress address, Lookup lookup, ExtraTags extraTags) {
        this.lookup = lookup;
        this.tally = new StatsdTally(address, System::nanoTime);
        for (Metric metric : Metric.values()) {
            tags.put(metric, new Series<>(values -> tags(metric, extraTags, values), extraTags.values(metric)));
        }
    }

    /**
     * Checks an address without sending anything to it.
     *
     * @param address {@code IP:PORT} or {@code HOST:PORT}
     * @throws IllegalArgumentException if the address is not one
     */
    public static void check(String address) {
        StatsdAddress.parse(address);
    }

    /**
     * Starts to send. Whether there is a statsd shows later, in the log and in {@link #dropped()}.
     *
     * @param address {@code IP:PORT} or {@code HOST:PORT}; a name is looked up off this thread, again after a failure
     * @param extraTags what each measurement carries besides its own tags
     * @return the sink
     * @throws IllegalArgumentException if the address is not one
     */
    public static StatsdSink start(String address, ExtraTags extraTags) {
        StatsdAddress parsed = StatsdAddress.parse(address);
        return start(parsed, parsed::resolve, BETWEEN_ATTEMPTS, extraTags);
    }

    static StatsdSink start(StatsdAddress address, Lookup lookup, Duration betweenAttempts, ExtraTags extraTags) {
        StatsdSink sink = new StatsdSink(address, lookup, extraTags);
        boolean isName = address.destination().host().address().isEmpty();
        if (!isName) {
            sink.connect(); // nothing to look up, so nothing that is measured from now on is lost
        }
        long firstDelay = isName ? 0 : betweenAttempts.toMillis();
        if (sink.client == null) {
            sink.attempts.scheduleWithFixedDelay(
                    sink::connect, firstDelay, betweenAttempts.toMillis(), TimeUnit.MILLISECONDS);
        }
        return sink;
    }

    @Override
    public void record(Metric metric, double value, List<String> tagValues) {
        if (tagValues.size() != metric.tags().size()) {
            throw new IllegalArgumentException("metric '" + metric.metricName() + "' has " + tagValues.size()
                    + " tag values (expected those of " + metric.tags() + ")");
        }
        StatsdClient to = client;
        if (to == null || closed || !Double.isFinite(value)) {
            tally.drop();
            return;
        }
        if (tally.admit()) {
            send(to, metric, value, Objects.requireNonNull(tags.get(metric)).of(tagValues));
        }
    }

    private static void send(StatsdClient to, Metric metric, double value, String[] tags) {
        String name = metric.metricName();
        switch (metric.kind()) {
            case COUNTER -> to.count(name, value, tags);
            case GAUGE -> to.gauge(name, value, tags);
            case HISTOGRAM -> to.histogram(name, inGosUnit(metric, value), tags);
        }
    }

    /** Go measures these two with its client's {@code Timing}, which sends milliseconds. */
    private static double inGosUnit(Metric metric, double value) {
        return switch (metric) {
            case CONNECTION_TIME, RESOLVER_LOOKUP_TIME -> value * MILLIS_PER_SECOND;
            default -> value;
        };
    }

    /** {@return the tags as the client takes them: it writes the last one first} */
    private static String[] tags(Metric metric, ExtraTags extra, String[] values) {
        List<String> own = metric.tags();
        List<String> extraNames = extra.names(metric);
        String[] tags = new String[values.length];
        for (int i = 0; i < values.length; i++) {
            String name = i < own.size() ? own.get(i) : extraNames.get(i - own.size());
            tags[values.length - 1 - i] = name + ":" + values[i];
        }
        return tags;
    }

    private void connect() {
        try {
            open(lookup.find());
        } catch (IOException | RuntimeException e) { // thrown on, it would end the attempts without a word
            tally.failed(e);
        }
    }

    private synchronized void open(InetSocketAddress address) {
        if (!closed) {
            client = StatsdClient.open(address, tally);
            attempts.shutdown();
        }
    }

    /** {@return how many measurements were dropped so far} */
    public long dropped() {
        return tally.dropped();
    }

    /** Sends what is queued, within two seconds, and ends. May be called again. */
    @Override
    public void close() {
        StatsdClient toEnd;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            toEnd = client;
        }
        attempts.shutdownNow();
        if (toEnd != null) {
            tally.awaitNothingInFlight(CLOSE_WITHIN);
            toEnd.stop();
        }
        tally.end();
    }
}
