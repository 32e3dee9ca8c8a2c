package io.smokescreen.internal.track;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.internal.track.DistinctHosts.Summary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DistinctHostsTest {

    private static final Duration WINDOW = Duration.ofMinutes(5);

    private long now = Long.MAX_VALUE - 7; // a clock of nanoseconds may overflow
    private final DistinctHosts hosts = new DistinctHosts(WINDOW, 3, () -> now);

    @Test
    void noAttempt_isAFullSuccess() {
        assertThat(hosts.summary()).isEqualTo(new Summary(0, 100));
    }

    @Test
    void rate_isThePartOfHosts_notOfAttempts() {
        hosts.attempted("a.test", true);
        hosts.attempted("b.test", false);
        hosts.attempted("a.test", true);
        hosts.attempted("a.test", true);

        assertThat(hosts.summary()).isEqualTo(new Summary(2, 50));
    }

    @Test
    void latestAttempt_counts() {
        hosts.attempted("a.test", false);
        hosts.attempted("b.test", false);
        hosts.attempted("a.test", true);
        assertThat(hosts.summary()).isEqualTo(new Summary(2, 50));

        hosts.attempted("a.test", false);
        assertThat(hosts.summary()).isEqualTo(new Summary(2, 0));
    }

    @Test
    void attemptOlderThanTheWindow_isForgotten_andOneThatWasRepeatedIsNot() {
        hosts.attempted("a.test", false);
        hosts.attempted("b.test", true);
        after(WINDOW.minusNanos(1));
        assertThat(hosts.summary()).isEqualTo(new Summary(2, 50));
        hosts.attempted("a.test", false);

        after(Duration.ofNanos(1)); // b is as old as the window now
        assertThat(hosts.summary()).isEqualTo(new Summary(1, 0));

        after(WINDOW);
        assertThat(hosts.summary()).isEqualTo(new Summary(0, 100));
    }

    @Test
    void moreHostsThanAreRemembered_pushOutTheOneTriedLongestAgo() {
        hosts.attempted("a.test", true);
        hosts.attempted("b.test", false);
        hosts.attempted("c.test", false);
        hosts.attempted("a.test", true); // b is the oldest now
        hosts.attempted("d.test", false);
        assertThat(hosts.summary().hosts()).isEqualTo(3);

        hosts.attempted("b.test", true); // new again, and c goes
        assertThat(hosts.summary().successRate()).isEqualTo(200 / 3.0);
    }

    @Test
    void attemptsFromManyThreads_areAllCounted() {
        DistinctHosts shared = new DistinctHosts();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            int number = thread;
            threads.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 2_000; i++) {
                    shared.attempted("host-" + number + "-" + i, i % 4 != 0);
                }
            }));
        }
        threads.forEach(CompletableFuture::join);

        assertThat(shared.summary()).isEqualTo(new Summary(8_000, 75));
    }

    private void after(Duration time) {
        now += time.toNanos();
    }
}
