package io.smokescreen.internal.limit;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** How many may do something at once. Safe from any thread, without a lock. */
public final class ConcurrencyLimit {

    private final int max;
    private final IntConsumer gauge;
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicBoolean telling = new AtomicBoolean();

    /**
     * @param max how many permits there are; empty: they are only counted
     * @param gauge told how many are held when that changes, by one thread at a time; the last number it is told is the last
     *     one there was
     */
    public ConcurrencyLimit(OptionalInt max, IntConsumer gauge) {
        this.max = max.orElse(Integer.MAX_VALUE);
        this.gauge = gauge;
    }

    /** {@return a permit, unless all are held} */
    public Optional<Permit> tryAcquire() {
        int before = held.get();
        while (before < max) {
            if (held.compareAndSet(before, before + 1)) {
                tellGauge();
                return Optional.of(new Held());
            }
            before = held.get();
        }
        return Optional.empty();
    }

    /** {@return how many are held now} */
    public int held() {
        return held.get();
    }

    /** Two threads that each told their own number could do it in the wrong order, and leave a wrong last one. */
    private void tellGauge() {
        int told;
        do {
            if (!telling.compareAndSet(false, true)) {
                return; // whoever is telling looks again afterwards
            }
            told = held.get();
            try {
                gauge.accept(told);
            } finally {
                telling.set(false);
            }
        } while (held.get() != told);
    }

    private final class Held implements Permit {

        private final AtomicBoolean closed = new AtomicBoolean();

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                held.decrementAndGet();
                tellGauge();
            }
        }
    }
}
