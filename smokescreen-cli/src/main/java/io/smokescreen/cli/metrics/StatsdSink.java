package io.smokescreen.cli.metrics;

import io.smokescreen.api.Metric;
import io.smokescreen.api.MetricsSink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends every measurement to a statsd that understands DogStatsD's tags, over UDP, under Go's names and with Go's types:
 * counters {@code c}, gauges {@code g}, histograms {@code h}, times to look up, to connect and of the proxy itself
 * {@code ms}.
 *
 * <p>A statsd that is dead, slow, refusing or cannot be found slows nothing and fails nothing: measurements wait in a bounded
 * queue for a thread of their own, and what cannot be sent is dropped, counted and told once a minute.
 *
 * <p>(Datadog's client was not taken: it sends times in whole milliseconds, in which the proxy's own share of a request is
 * nothing, looks a name up once and gives up for good if that fails, and runs two threads that wake up a hundred times a
 * second each.)
 *
 * <p>Thread safety: all methods are safe from any thread; {@link #record} neither locks nor waits.
 */
public final class StatsdSink implements MetricsSink, AutoCloseable {

    /** The most measurements that wait to be sent: {@value}. */
    static final int QUEUE_SIZE = 32_768;

    /** So many wake the sender before it would look by itself. */
    private static final int WAKE_AT = QUEUE_SIZE / 8;

    /** How long {@link #close} waits for a network that takes nothing. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final StatsdQueue queue = new StatsdQueue(QUEUE_SIZE);
    private final StatsdSender sender;
    private final Thread thread;
    private volatile boolean closed;

    private StatsdSink(StatsdAddress address, ExtraTags extraTags) {
        this.sender = new StatsdSender(address, queue, extraTags);
        this.thread = new Thread(sender, "smokescreen-statsd");
        thread.setDaemon(true);
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
        StatsdSink sink = new StatsdSink(StatsdAddress.parse(address), extraTags);
        sink.thread.start();
        return sink;
    }

    @Override
    public void record(Metric metric, double value, List<String> tagValues) {
        if (tagValues.size() != metric.tags().size()) {
            throw new IllegalArgumentException("metric '" + metric.metricName() + "' has " + tagValues.size()
                    + " tag values (expected those of " + metric.tags() + ")");
        }
        if (closed || !Double.isFinite(value)) {
            queue.drop();
            return;
        }
        int queued = queue.offer(new StatsdQueue.Measurement(metric, value, List.copyOf(tagValues)));
        if (queued == WAKE_AT) {
            LockSupport.unpark(thread);
        }
    }

    /** {@return how many measurements were dropped so far} */
    public long dropped() {
        return sender.dropped();
    }

    /** Sends what is queued, within two seconds, and ends. May be called again. */
    @Override
    public void close() {
        closed = true;
        sender.stop();
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sender.close();
    }
}
