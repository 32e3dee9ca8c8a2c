package io.smokescreen.cli.metrics;

import io.smokescreen.api.Metric;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Measurements on their way to the sender: never more than it holds, and nobody waits. (A blocking queue would take a lock
 * that event loops share, and wake the sender for each measurement.)
 */
final class StatsdQueue {

    private final Queue<Measurement> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
    private final int capacity;

    record Measurement(Metric metric, double value, List<String> tagValues) {}

    StatsdQueue(int capacity) {
        this.capacity = capacity;
    }

    /** {@return how many measurements are queued now with this one; 0 if it was dropped because there was no place} */
    int offer(Measurement measurement) {
        int now = size.incrementAndGet();
        if (now > capacity) {
            size.decrementAndGet();
            drop();
            return 0;
        }
        queue.add(measurement);
        return now;
    }

    void drop() {
        dropped.increment();
    }

    @Nullable
    Measurement poll() {
        Measurement next = queue.poll();
        if (next != null) {
            size.decrementAndGet();
        }
        return next;
    }

    long dropped() {
        return dropped.sum();
    }
}
