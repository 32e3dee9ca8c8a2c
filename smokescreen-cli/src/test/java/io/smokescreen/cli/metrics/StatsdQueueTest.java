package io.smokescreen.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.Metric;
import io.smokescreen.cli.metrics.StatsdQueue.Measurement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatsdQueueTest {

    private final StatsdQueue queue = new StatsdQueue(2);

    @Test
    void offer_beyondTheCapacity_dropsAndCounts_untilThereIsAPlaceAgain() {
        assertThat(queue.offer(measurement(1))).isEqualTo(1);
        assertThat(queue.offer(measurement(2))).isEqualTo(2);
        assertThat(queue.offer(measurement(3))).isZero();
        assertThat(queue.dropped()).isEqualTo(1);

        assertThat(queue.poll()).isEqualTo(measurement(1));
        assertThat(queue.offer(measurement(4))).isEqualTo(2);
        assertThat(queue.poll()).isEqualTo(measurement(2));
        assertThat(queue.poll()).isEqualTo(measurement(4));
        assertThat(queue.poll()).isNull();
        assertThat(queue.dropped()).isEqualTo(1);
    }

    @Test
    void offersFromManyThreads_areQueuedOrCounted() {
        int each = 50_000;
        StatsdQueue shared = new StatsdQueue(100);
        CompletableFuture<?>[] threads = IntStream.range(0, 4)
                .mapToObj(thread -> CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < each; i++) {
                        shared.offer(measurement(i));
                    }
                }))
                .toArray(CompletableFuture<?>[]::new);
        long taken = 0;
        while (!CompletableFuture.allOf(threads).isDone()) {
            taken += shared.poll() == null ? 0 : 1;
        }
        while (shared.poll() != null) {
            taken++;
        }

        assertThat(taken + shared.dropped()).isEqualTo(4L * each);
        assertThat(shared.offer(measurement(0))).isEqualTo(1); // the size is right again
    }

    private static Measurement measurement(int value) {
        return new Measurement(Metric.REQUESTS_CONCURRENT, value, List.of());
    }
}
