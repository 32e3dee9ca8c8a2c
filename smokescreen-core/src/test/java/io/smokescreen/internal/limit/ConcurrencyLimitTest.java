package io.smokescreen.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {

    private static final int THREADS = 8;
    private static final int ROUNDS = 20_000;

    private final List<Integer> told = new CopyOnWriteArrayList<>();

    @Test
    void asManyAsTheLimit_areGiven_andNoMore() {
        ConcurrencyLimit limit = new ConcurrencyLimit(OptionalInt.of(2), told::add);

        Optional<Permit> first = limit.tryAcquire();
        Optional<Permit> second = limit.tryAcquire();

        assertThat(first).isPresent();
        assertThat(second).isPresent();
        assertThat(limit.tryAcquire()).isEmpty();
        first.orElseThrow().close();
        assertThat(limit.tryAcquire()).isPresent();
        assertThat(told).containsExactly(1, 2, 1, 2);
    }

    @Test
    void permitClosedTwice_isGivenBackOnce() {
        ConcurrencyLimit limit = new ConcurrencyLimit(OptionalInt.of(2), told::add);
        Permit first = limit.tryAcquire().orElseThrow();
        assertThat(limit.tryAcquire()).isPresent();

        first.close();
        first.close();

        assertThat(limit.held()).isEqualTo(1);
        assertThat(limit.tryAcquire()).isPresent();
        assertThat(limit.tryAcquire()).isEmpty();
    }

    @Test
    void noLimit_countsOnly() {
        ConcurrencyLimit limit = new ConcurrencyLimit(OptionalInt.empty(), told::add);

        for (int i = 0; i < 1_000; i++) {
            assertThat(limit.tryAcquire()).isPresent();
        }

        assertThat(limit.held()).isEqualTo(1_000);
    }

    /** If each thread told its own number, a slow one would tell an old number last, and the gauge would stay there. */
    @Test
    void changeWhileTheGaugeIsTold_isToldToo() {
        CompletableFuture<ConcurrencyLimit> shared = new CompletableFuture<>();
        AtomicBoolean slow = new AtomicBoolean(true);
        ConcurrencyLimit limit = new ConcurrencyLimit(OptionalInt.empty(), count -> {
            if (slow.getAndSet(false)) {
                CompletableFuture.supplyAsync(() -> shared.join().tryAcquire()).join();
            }
            told.add(count);
        });
        shared.complete(limit);

        assertThat(limit.tryAcquire()).isPresent();

        assertThat(limit.held()).isEqualTo(2);
        assertThat(told).containsExactly(1, 2);
    }

    @Test
    void manyThreads_neverExceedTheLimit_andTheGaugeEndsAtZero() throws InterruptedException {
        AtomicInteger last = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger inside = new AtomicInteger();
        ConcurrencyLimit limit = new ConcurrencyLimit(OptionalInt.of(3), last::set);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        for (int i = 0; i < THREADS; i++) {
            threads.execute(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    limit.tryAcquire().ifPresent(permit -> {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        inside.decrementAndGet();
                        permit.close();
                    });
                }
            });
        }
        threads.shutdown();

        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(most.get()).isBetween(1, 3);
        assertThat(limit.held()).isZero();
        assertThat(last).hasValue(0);
    }

    @Test
    void gaugeThatThrows_leavesTheCountRight() {
        ConcurrencyLimit limit = new ConcurrencyLimit(OptionalInt.of(1), count -> {
            told.add(count);
            if (told.size() == 1) {
                throw new IllegalStateException("broken gauge");
            }
        });

        assertThat(catchThrowable(limit::tryAcquire)).isInstanceOf(IllegalStateException.class);

        assertThat(limit.held()).isEqualTo(1);
    }
}
