package io.smokescreen.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitTest {

    private final AtomicLong now = new AtomicLong(-5_000_000_000L); // nanoTime may be anything

    @Test
    void unlimited_neverRefuses() {
        RateLimit limit = RateLimit.unlimited();

        assertThat(taken(limit, 10_000)).isEqualTo(10_000);
    }

    @Test
    void burst_isThereAtFirst_andNoMore() {
        RateLimit limit = RateLimit.of(10, 25, now::get);

        assertThat(taken(limit, 100)).isEqualTo(25);
    }

    @ParameterizedTest
    @CsvSource({
        "0.001, 1000000000000",
        "0.3, 3333333334",
        "0.5, 2000000000",
        "1, 1000000000",
        "2.5, 400000000",
        "1000, 1000000",
        "1000000, 1000"
    })
    void afterTheBurst_theNextComesExactlyWhenTheRateSays(double perSecond, long nanos) {
        RateLimit limit = RateLimit.of(perSecond, 1, now::get);
        assertThat(limit.tryAcquire()).isTrue();

        now.addAndGet(nanos - 1);
        assertThat(limit.tryAcquire()).isFalse();
        now.addAndGet(1);
        assertThat(limit.tryAcquire()).isTrue();
        assertThat(limit.tryAcquire()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0.5, 500", "0.3, 300", "3.7, 3700", "100, 100000", "333.333333, 333333"})
    void inTheLongRun_itIsTheRate_howeverOftenItIsAsked(double perSecond, int expected) {
        RateLimit limit = RateLimit.of(perSecond, 1_000, now::get);
        taken(limit, 1_000);
        int taken = 0;

        for (int step = 0; step < 1_000_000; step++) {
            now.addAndGet(1_000_000);
            taken += limit.tryAcquire() ? 1 : 0;
        }

        assertThat(taken).isEqualTo(expected);
    }

    @Test
    void aLongPause_isWorthOneBurst() {
        RateLimit limit = RateLimit.of(999_999.999999, 2_000_000, now::get);
        taken(limit, 2_000_000);

        now.addAndGet(TimeUnit.DAYS.toNanos(3_650));

        assertThat(taken(limit, 3_000_000)).isEqualTo(2_000_000);
    }

    @Test
    void manyThreads_shareOneBurst() throws InterruptedException {
        RateLimit limit = RateLimit.of(1, 1_000, now::get);
        AtomicInteger taken = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch start = new CountDownLatch(1);
        for (int i = 0; i < 8; i++) {
            threads.execute(() -> {
                awaitUninterruptibly(start);
                taken.addAndGet(taken(limit, 500));
            });
        }
        start.countDown();
        threads.shutdown();

        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(taken).hasValue(1_000);
    }

    private static int taken(RateLimit limit, int attempts) {
        int taken = 0;
        for (int i = 0; i < attempts; i++) {
            taken += limit.tryAcquire() ? 1 : 0;
        }
        return taken;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
