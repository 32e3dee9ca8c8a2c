package io.smokescreen.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A statsd that is not found, not there or overrun. */
@Timeout(120)
class StatsdUnreachableTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int THREADS = 4;

    @RegisterExtension
    final WarningLog log = new WarningLog(StatsdTally.class);

    @Test
    void name_isLookedUp() throws IOException {
        try (UdpReceiver statsd = UdpReceiver.start();
                StatsdSink sink = StatsdSink.start("localhost:" + statsd.port(), ExtraTags.none())) {
            await().atMost(LONG).untilAsserted(() -> {
                sink.record(Metric.ACL_DECIDE_ERROR, 1, List.of());
                assertThat(statsd.lines()).isNotEmpty();
            });
        }
        assertThat(log.messages()).isEmpty();
    }

    @Test
    void lookupThatHangs_holdsUpNeitherStartNorRecordNorClose() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CompletableFuture<InetSocketAddress> found = new CompletableFuture<>();
        try (UdpReceiver statsd = UdpReceiver.start()) {
            StatsdSink sink = start(LONG, () -> {
                began.countDown();
                return found.join(); // like a lookup, it is not interrupted
            });
            assertThat(began.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();

            sink.record(Metric.ACL_DECIDE_ERROR, 1, List.of());
            sink.close();
            found.complete(statsd.address());
            sink.record(Metric.ACL_DECIDE_ERROR, 1, List.of());

            assertThat(sink.dropped()).isEqualTo(2);
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(threadNames())
                            .noneMatch(name -> name.startsWith("smokescreen-statsd") || name.startsWith("StatsD-")));
        }
        assertThat(log.messages()).isEmpty();
    }

    @Test
    void nameThatIsNotFoundAtFirst_isLookedUpAgain_andWhatWasMeasuredMeanwhileIsCounted() throws IOException {
        AtomicInteger lookups = new AtomicInteger();
        CompletableFuture<InetSocketAddress> found = new CompletableFuture<>();
        try (UdpReceiver statsd = UdpReceiver.start();
                StatsdSink sink = start(Duration.ofMillis(20), () -> {
                    if (lookups.incrementAndGet() < 3) {
                        throw new UnknownHostException("statsd.internal");
                    }
                    return found.join();
                })) {
            sink.record(Metric.ACL_DECIDE_ERROR, 1, List.of());
            found.complete(statsd.address());
            await().atMost(LONG).untilAsserted(() -> {
                sink.record(Metric.REQUESTS_CONCURRENT, 7, List.of());
                assertThat(statsd.lines()).contains("smokescreen.requests.concurrent:7|g");
            });

            assertThat(sink.dropped()).isPositive();
            assertThat(statsd.lines()).doesNotContain("smokescreen.acl.decide_error:1|c");
            assertThat(lookups).hasValue(3);
            assertThat(log.messages())
                    .singleElement()
                    .asString()
                    .startsWith("metrics for statsd statsd.internal:8125: ")
                    .contains("java.net.UnknownHostException");
        }
    }

    @Test
    void nameThatDoesNotResolve_failsNothing_dropsAndCounts_andIsLoggedOnce() {
        int count = 1_000;
        try (StatsdSink sink = StatsdSink.start("statsd.invalid:8125", ExtraTags.none())) {
            for (int i = 0; i < count; i++) {
                sink.record(Metric.ACL_DECIDE_ERROR, 1, List.of());
            }
            assertThat(sink.dropped()).isEqualTo(count);

            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(log.messages())
                            .singleElement()
                            .asString()
                            .startsWith("metrics for statsd statsd.invalid:8125: ")
                            .contains("java.net.UnknownHostException"));
        }
    }

    @Test
    void statsdThatComesBack_isSentTo_andItsAbsenceIsNoError() throws IOException {
        UdpReceiver first = UdpReceiver.start();
        int port = first.port();
        first.close();
        try (StatsdSink sink = StatsdSink.start("127.0.0.1:" + port, ExtraTags.none())) {
            for (int i = 0; i < 1_000; i++) {
                sink.record(Metric.ACL_DECIDE_ERROR, 1, List.of());
            }
            try (UdpReceiver back = UdpReceiver.startOn(port)) {
                await().atMost(LONG).untilAsserted(() -> {
                    sink.record(Metric.REQUESTS_CONCURRENT, 7, List.of());
                    assertThat(back.lines()).contains("smokescreen.requests.concurrent:7|g");
                });
            }
            assertThat(sink.dropped()).isZero();
        }
        assertThat(log.messages()).isEmpty();
    }

    /** 400,000 measurements; the limit is that of a busy machine, a wait for the network or a name would take longer. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:1", "statsd.invalid:8125", "[::1]:1"})
    void floodTowardsADeadStatsd_takesNoTime(String address) {
        try (StatsdSink sink = StatsdSink.start(address, ExtraTags.none())) {
            long began = System.nanoTime();
            inAllThreads(() -> {
                for (int i = 0; i < 100_000; i++) {
                    sink.record(Metric.CONNECTION_CLOSE, 1, List.of("web"));
                }
            });

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
        }
        assertThat(log.messages()).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void moreThanTheQueueHolds_isCountedAsDropped_andLoggedOnce_andTheNextIsSent() throws IOException {
        try (UdpReceiver statsd = UdpReceiver.start();
                StatsdSink sink = StatsdSink.start("127.0.0.1:" + statsd.port(), ExtraTags.none())) {
            inAllThreads(() -> {
                while (sink.dropped() == 0) {
                    sink.record(Metric.CONNECTION_CLOSE, 1, List.of("web"));
                }
            });
            await().atMost(LONG).untilAsserted(() -> {
                sink.record(Metric.REQUESTS_CONCURRENT, 7, List.of());
                assertThat(statsd.lines()).contains("smokescreen.requests.concurrent:7|g");
            });

            assertThat(log.messages()).singleElement().asString().endsWith(" (more than the queue holds)");
        }
    }

    private static StatsdSink start(Duration betweenAttempts, StatsdSink.Lookup lookup) {
        return StatsdSink.start(StatsdAddress.parse("statsd.internal:8125"), lookup, betweenAttempts, ExtraTags.none());
    }

    private static List<String> threadNames() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    private static void inAllThreads(Runnable task) {
        List<CompletableFuture<Void>> running = IntStream.range(0, THREADS)
                .mapToObj(i -> CompletableFuture.runAsync(task))
                .toList();
        running.forEach(CompletableFuture::join);
    }
}
