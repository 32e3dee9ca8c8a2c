package io.smokescreen.internal.listener;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.embedded.EmbeddedChannel;
import io.smokescreen.internal.track.ExchangeRecord;
import io.smokescreen.internal.track.GuardedMetricsSink;
import io.smokescreen.internal.track.OpenConnection;
import io.smokescreen.internal.track.OpenConnection.Load;
import io.smokescreen.internal.track.Tracker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** What a drain waits for and what it tells, on a clock of its own. */
class DrainTest {

    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration AT_ONCE = Duration.ofNanos(1);
    private static final Duration LIMIT = Duration.ofSeconds(35);

    private final Tracker tracker = new Tracker(new GuardedMetricsSink((metric, value, tags) -> {}), false, null);
    private final Logger logger = (Logger) LoggerFactory.getLogger(Drain.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private long now = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos(); // a clock may pass its end
    private long start;
    private int clients;

    /** What happens after so much of the drain. */
    private Duration changeAfter = Duration.ofDays(1);

    private Runnable change = () -> {};

    @BeforeEach
    void listen() {
        start = now;
        logger.setLevel(Level.INFO);
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    @Test
    void nothingOpen_isDrainedAtOnce() throws InterruptedException {
        assertThat(drain(NEVER)).isTrue();
        assertThat(elapsed()).isZero();
    }

    @Test
    void activeTunnel_isWaitedFor_untilTheLimit_andProgressIsTold() throws InterruptedException {
        clients = 1;
        open(Load.TUNNEL);

        assertThat(drain(NEVER)).isFalse();

        assertThat(elapsed()).isEqualTo(LIMIT);
        assertThat(messages())
                .hasSize(5)
                .startsWith("draining: 1 connections of clients and 1 to destinations are open, 1 of them active,"
                        + " waiting at most 35 s")
                .endsWith("not drained within 35 s: 1 connections of clients and 1 to destinations are open, 1 of them"
                        + " active");
        assertThat(messages().subList(1, 4))
                .satisfiesExactly(
                        first -> assertThat(first).endsWith("at most 25 s more"),
                        second -> assertThat(second).endsWith("at most 15 s more"),
                        third -> assertThat(third).endsWith("at most 5 s more"));
    }

    @Test
    void tunnelThatCloses_endsTheWait() throws InterruptedException {
        clients = 1;
        open(Load.TUNNEL);
        after(Duration.ofSeconds(12), () -> clients = 0);

        assertThat(drain(NEVER)).isTrue();

        assertThat(elapsed()).isBetween(Duration.ofSeconds(12), Duration.ofSeconds(13));
        assertThat(messages()).hasSize(3).endsWith("drained: every connection is closed");
    }

    @ParameterizedTest
    @CsvSource({"TUNNEL, true", "REQUEST, false", "NOTHING, false"})
    void silentConnection_isNotWaitedFor_ifItIsATunnel(Load load, boolean drained) throws InterruptedException {
        clients = 1;
        open(load);

        assertThat(drain(AT_ONCE)).isEqualTo(drained);
    }

    @Test
    void idleTunnel_waitsForWhatElseIsInWork() throws InterruptedException {
        clients = 2; // the other one reads its answer
        open(Load.TUNNEL);
        after(Duration.ofSeconds(3), () -> clients = 1);

        assertThat(drain(AT_ONCE)).isTrue();

        assertThat(elapsed()).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
    }

    @Test
    void idleTunnel_waitsForARequestOnItsWay() throws InterruptedException {
        clients = 2;
        open(Load.TUNNEL);
        OpenConnection request = open(Load.REQUEST);
        after(Duration.ofSeconds(3), () -> {
            request.carries(Load.NOTHING);
            clients = 1;
        });

        assertThat(drain(AT_ONCE)).isTrue();

        assertThat(elapsed()).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
    }

    private boolean drain(Duration idle) throws InterruptedException {
        return new Drain(tracker::open, () -> clients, idle, () -> now).await(LIMIT, this::waitFor);
    }

    /** Lets the time pass, unless all is closed. */
    private boolean waitFor(Duration limit) {
        if (elapsed().compareTo(changeAfter) >= 0) {
            change.run();
        }
        if (clients > 0) {
            now += limit.toNanos();
        }
        return clients == 0;
    }

    private void after(Duration delay, Runnable action) {
        changeAfter = delay;
        change = action;
    }

    private OpenConnection open(Load load) {
        ExchangeRecord record = new ExchangeRecord(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), "", "");
        OpenConnection connection = tracker.opened(record, new EmbeddedChannel());
        connection.carries(load);
        return connection;
    }

    private Duration elapsed() {
        return Duration.ofNanos(now - start);
    }

    private List<String> messages() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
