package io.smokescreen.cli.metrics;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes measurements from the queue, gathers them in packets and sends these. What cannot be sent is dropped and counted;
 * the log tells at once, and then not more often than {@link #BETWEEN_REPORTS}.
 */
final class StatsdSender implements Runnable {

    /** The largest packet, in bytes: {@value}, which fits an Ethernet frame even through a tunnel. */
    static final int MAX_PACKET_BYTES = 1432;

    static final Duration BETWEEN_REPORTS = Duration.ofMinutes(1);

    /** How long a measurement waits for others to share its packet; Go's client waits as long. */
    private static final Duration GATHER = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(StatsdSender.class);

    private final StatsdAddress address;
    private final StatsdQueue queue;
    private final StatsdLine line;
    private final StatsdChannel channel;
    private final AtomicLong lost = new AtomicLong();
    private volatile boolean running = true;

    // The thread's own.
    private final ByteBuffer packet = ByteBuffer.allocateDirect(MAX_PACKET_BYTES);
    private final StringBuilder text = new StringBuilder();
    private int linesInPacket;
    private @Nullable String problem;
    private long reportedDrops;
    private long lastReport = System.nanoTime() - BETWEEN_REPORTS.toNanos();

    StatsdSender(StatsdAddress address, StatsdQueue queue, ExtraTags extraTags) {
        this.address = address;
        this.queue = queue;
        this.line = new StatsdLine(extraTags);
        this.channel = new StatsdChannel(address, System::nanoTime);
    }

    @Override
    public void run() {
        while (running) {
            sendQueued();
            report();
            LockSupport.parkNanos(GATHER.toNanos());
        }
        sendQueued();
        report();
        close();
    }

    /** {@return how many measurements were dropped, by the queue or because they could not be sent} */
    long dropped() {
        return queue.dropped() + lost.get();
    }

    /** Sends what is queued and ends. */
    void stop() {
        running = false;
    }

    /** Ends a write that does not. */
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing the socket to statsd {}", address, e);
        }
    }

    private void sendQueued() {
        openIfItIsTime();
        for (StatsdQueue.Measurement next = queue.poll(); next != null; next = queue.poll()) {
            if (channel.isOpen()) {
                add(next);
            } else {
                lose(1);
            }
        }
        flush();
    }

    private void openIfItIsTime() {
        if (!channel.mayOpen()) {
            return;
        }
        try {
            channel.open();
        } catch (IOException
                | RuntimeException e) { // an address family that this machine has not is a RuntimeException
            problem = e.toString();
        }
    }

    private void add(StatsdQueue.Measurement next) {
        text.setLength(0);
        line.append(next.metric(), next.value(), next.tagValues(), text);
        if (text.length() > MAX_PACKET_BYTES) {
            problem = "a measurement of " + next.metric().metricName() + " with all its tags is longer than a packet";
            lose(1);
            return;
        }
        if (packet.position() + 1 + text.length() > MAX_PACKET_BYTES) {
            flush();
        }
        if (packet.position() > 0) {
            packet.put((byte) '\n');
        }
        for (int i = 0; i < text.length(); i++) {
            packet.put((byte) text.charAt(i)); // names and cleaned values are ASCII
        }
        linesInPacket++;
    }

    private void flush() {
        if (linesInPacket == 0) {
            return;
        }
        try {
            channel.write(packet.flip());
        } catch (IOException e) {
            lose(linesInPacket);
            problem = e.toString();
        } finally {
            packet.clear();
            linesInPacket = 0;
        }
    }

    private void lose(int measurements) {
        lost.addAndGet(measurements);
    }

    private void report() {
        long drops = dropped();
        long now = System.nanoTime();
        boolean news = drops > reportedDrops || problem != null;
        if (!news || now - lastReport < BETWEEN_REPORTS.toNanos()) {
            return;
        }
        LOG.warn(
                "metrics for statsd {}: {} dropped, {} in all ({})",
                address,
                drops - reportedDrops,
                drops,
                problem == null ? "more than the queue holds" : problem);
        lastReport = now;
        reportedDrops = drops;
        problem = null;
    }
}
