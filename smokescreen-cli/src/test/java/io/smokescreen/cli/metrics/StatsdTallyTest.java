package io.smokescreen.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.timgroup.statsd.StatsDClientException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StatsdTallyTest {

    @RegisterExtension
    final WarningLog log = new WarningLog(StatsdTally.class);

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1); // it may wrap
    private final StatsdTally tally = new StatsdTally(StatsdAddress.parse("127.0.0.1:8125"), clock::get);

    @Test
    void oneMoreThanTheQueueHolds_isDropped_untilSomeWereSent() {
        admitAsManyAsTheQueueHolds();

        assertThat(tally.admit()).isFalse();
        assertThat(tally.dropped()).isEqualTo(1);
        tally.sent(2);

        assertThat(tally.admit()).isTrue();
        assertThat(tally.admit()).isTrue();
        assertThat(tally.admit()).isFalse();
        assertThat(tally.dropped()).isEqualTo(2);
        assertThat(log.messages())
                .containsExactly("metrics for statsd 127.0.0.1:8125: 1 dropped, 1 in all (more than the queue holds)");
    }

    @Test
    void packetThatCannotBeSent_countsItsMeasurements_andMakesRoom() {
        admitAsManyAsTheQueueHolds();
        IOException failure = new SocketException("Network is unreachable");

        tally.lost(3);
        tally.handle(failure);

        assertThat(tally.dropped()).isEqualTo(3);
        assertThat(tally.admit()).isTrue();
    }

    @Test
    void failures_areLoggedAtOnce_andThenOnceAMinute() {
        for (int i = 0; i < 100; i++) {
            tally.lost(1);
            tally.handle(new SocketException("Network is unreachable"));
        }
        clock.addAndGet(Duration.ofMinutes(1).toNanos() - 1);
        tally.sent(0);
        assertThat(log.messages())
                .containsExactly("metrics for statsd 127.0.0.1:8125: 1 dropped, 1 in all"
                        + " (java.net.SocketException: Network is unreachable)");

        clock.incrementAndGet();
        tally.sent(0);
        tally.sent(0);

        assertThat(log.messages())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("metrics for statsd 127.0.0.1:8125: 99 dropped, 100 in all (");
    }

    @Test
    void clientThatCannotStart_isLoggedWithItsCause() {
        tally.failed(
                new StatsDClientException("Failed to start StatsD client", new SocketException("Too many open files")));

        assertThat(log.messages())
                .containsExactly("metrics for statsd 127.0.0.1:8125: 0 dropped, 0 in all"
                        + " (java.net.SocketException: Too many open files)");
    }

    @Test
    void whatIsStillInTheQueueAtTheEnd_isDropped() {
        assertThat(tally.admit()).isTrue();
        assertThat(tally.admit()).isTrue();
        tally.sent(1);
        assertThat(tally.dropped()).isZero();

        tally.end();

        assertThat(tally.dropped()).isEqualTo(1);
    }

    private void admitAsManyAsTheQueueHolds() {
        for (int i = 0; i < StatsdTally.MAX_IN_FLIGHT; i++) {
            assertThat(tally.admit()).isTrue();
        }
    }
}
