package io.smokescreen.cli.logging;

import static java.util.Objects.requireNonNull;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands events to one thread that encodes and writes them, so that a request never waits for a disk or a pipe. When the
 * queue is full or the target fails, lines are dropped and counted, and once it is possible again one line tells how many.
 * Nothing here ever stops logging for good: a full disk may be emptied.
 *
 * <p>Logback's own {@code AsyncAppender} does not count what it drops, wakes up for each event, and the appender behind it
 * stops for ever at the first {@code IOException}.
 */
final class AsyncLineAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

    /** Events waiting to be written: {@value}. */
    static final int QUEUE_SIZE = 8192;

    /** How long {@link #stop} waits for a target that takes nothing. */
    static final Duration FLUSH_DEADLINE = Duration.ofSeconds(2);

    private static final int BATCH_BYTES = 64 * 1024;
    private static final long BETWEEN_REPORTS_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What a line waits for others, so that a busy proxy wakes the writer a thousand times a second at most. */
    private static final long GATHER_MILLIS = 1;

    private final BlockingQueue<ILoggingEvent> queue;
    /** Those that no line has told yet. */
    private final AtomicLong dropped = new AtomicLong();

    private final AtomicLong droppedInAll = new AtomicLong();
    private final Thread writer;
    private volatile boolean running;

    // The writer's own.
    private final OutputStream target;
    private final LineEncoder lines;
    private long bufferedLines;
    private boolean lineCut;
    private long lastReport = System.nanoTime() - BETWEEN_REPORTS_NANOS;

    AsyncLineAppender(OutputStream target, LineEncoder encoder) {
        this(target, encoder, QUEUE_SIZE);
    }

    AsyncLineAppender(OutputStream target, LineEncoder encoder, int queueSize) {
        this.target = requireNonNull(target, "target");
        this.lines = requireNonNull(encoder, "encoder");
        this.queue = new ArrayBlockingQueue<>(queueSize);
        this.writer = new Thread(this::write, "smokescreen-log");
        writer.setDaemon(true);
    }

    @Override
    public void start() {
        running = true;
        writer.start();
        super.start();
    }

    /** Writes what is queued, then stops; gives up at {@link #FLUSH_DEADLINE}. */
    @Override
    public void stop() {
        super.stop();
        running = false;
        writer.interrupt();
        try {
            writer.join(FLUSH_DEADLINE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.getFormattedMessage(); // on the caller's thread, while its arguments are what they were
        if (!queue.offer(event)) {
            drop(1);
        }
    }

    /** {@return how many lines were dropped so far} */
    long droppedInAll() {
        return droppedInAll.get();
    }

    private void drop(long lines) {
        dropped.addAndGet(lines);
        droppedInAll.addAndGet(lines);
    }

    private void write() {
        while (running) {
            try {
                // Lines are dropped only while the queue is full, so a take() never sleeps on an untold drop.
                ILoggingEvent first =
                        dropped.get() == 0 ? queue.take() : queue.poll(BETWEEN_REPORTS_NANOS, TimeUnit.NANOSECONDS);
                if (first != null) {
                    encode(first);
                    Thread.sleep(GATHER_MILLIS);
                }
            } catch (InterruptedException e) {
                // stop() was called: the loop's condition tells
            }
            writeQueued();
        }
        writeQueued();
    }

    private void writeQueued() {
        for (ILoggingEvent event = queue.poll(); event != null; event = queue.poll()) {
            encode(event);
            if (lines.size() >= BATCH_BYTES) {
                flush();
            }
        }
        flush();
        reportDropped();
    }

    private void encode(ILoggingEvent event) {
        try {
            lines.encode(event);
            bufferedLines++;
        } catch (RuntimeException e) { // the toString() of a value
            lines.abandon();
            drop(1);
        }
    }

    private void reportDropped() {
        long now = System.nanoTime();
        long count = dropped.get();
        if (count == 0 || (running && now - lastReport < BETWEEN_REPORTS_NANOS)) {
            return;
        }
        lastReport = now;
        lines.encodeDropped(count, System.currentTimeMillis());
        if (flush()) {
            dropped.addAndGet(-count);
        }
    }

    /** Writes the buffered lines, or counts them as dropped. */
    private boolean flush() {
        if (lines.size() == 0) {
            return true;
        }
        long count = bufferedLines;
        bufferedLines = 0;
        try {
            if (lineCut) {
                target.write('\n'); // ends what the failed write left behind
                lineCut = false;
            }
            lines.writeTo(target);
            return true;
        } catch (IOException e) {
            lineCut = true;
            drop(count);
            return false;
        } finally {
            lines.clear();
        }
    }
}
