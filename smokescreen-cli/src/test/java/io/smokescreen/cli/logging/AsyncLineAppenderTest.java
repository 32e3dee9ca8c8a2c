package io.smokescreen.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.event.KeyValuePair;

@Timeout(30)
class AsyncLineAppenderTest {

    private final Target target = new Target();

    @Test
    void stop_writes_what_is_queued_in_order() {
        AsyncLineAppender appender = started(AsyncLineAppender.QUEUE_SIZE);
        for (int i = 0; i < 1000; i++) {
            appender.doAppend(JsonLineEncoderTest.event("line " + i));
        }

        appender.stop();

        List<String> lines = target.lines();
        assertThat(lines).hasSize(1000);
        assertThat(lines.get(999)).contains("\"line 999\"");
    }

    @Test
    void a_stuck_target_never_holds_up_the_caller_and_the_loss_is_told() {
        target.gate = new CountDownLatch(1);
        AsyncLineAppender appender = started(10);
        appender.doAppend(JsonLineEncoderTest.event("stuck"));
        await().until(() -> target.waiting);

        for (int i = 0; i < 25; i++) {
            appender.doAppend(JsonLineEncoderTest.event("line " + i));
        }
        target.gate.countDown();
        appender.stop();

        assertThat(target.lines())
                .hasSize(1 + 10 + 1)
                .filteredOn(line -> line.contains("dropped"))
                .singleElement()
                .asString()
                .contains("\"dropped 15 log lines\"", "\"dropped\":15");
        assertThat(appender.droppedInAll()).isEqualTo(15);
    }

    @Test
    void a_stuck_target_holds_up_the_end_only_until_the_deadline() {
        target.gate = new CountDownLatch(1);
        AsyncLineAppender appender = started(10);
        appender.doAppend(JsonLineEncoderTest.event("stuck"));
        await().until(() -> target.waiting);
        long start = System.nanoTime();

        appender.stop();

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(AsyncLineAppender.FLUSH_DEADLINE.plusSeconds(5));
        target.gate.countDown();
    }

    @Test
    void a_failed_write_is_counted_and_logging_goes_on_once_the_target_works_again() {
        target.failing = true;
        AsyncLineAppender appender = started(10);
        appender.doAppend(JsonLineEncoderTest.event("lost"));
        await().until(() -> target.failures.get() > 0);
        target.failing = false;

        await().untilAsserted(() -> assertThat(target.text()).contains("\"dropped 1 log lines\""));
        appender.doAppend(JsonLineEncoderTest.event("found"));
        appender.stop();

        assertThat(target.text()).startsWith("{\"le\n{"); // what the failed write left is a line of its own
        assertThat(target.lines()).last().asString().contains("\"found\"");
    }

    @Test
    void a_value_that_cannot_be_printed_costs_its_line_only() {
        AsyncLineAppender appender = started(10);
        LoggingEvent bad = JsonLineEncoderTest.event("bad");
        bad.addKeyValuePair(new KeyValuePair("v", new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no");
            }
        }));
        appender.doAppend(bad);
        appender.doAppend(JsonLineEncoderTest.event("good"));

        appender.stop();

        assertThat(target.lines()).hasSize(2);
        assertThat(target.text()).contains("\"good\"", "\"dropped 1 log lines\"");
    }

    private AsyncLineAppender started(int queueSize) {
        AsyncLineAppender appender = new AsyncLineAppender(target, new JsonLineEncoder(), queueSize);
        appender.start();
        return appender;
    }

    /** A file that can get stuck, or be full after four bytes. */
    private static final class Target extends OutputStream {

        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        volatile CountDownLatch gate = new CountDownLatch(0);
        volatile boolean waiting;
        volatile boolean failing;
        final AtomicInteger failures = new AtomicInteger();

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (failing) {
                written.write(bytes, offset, failures.getAndIncrement() == 0 ? Math.min(length, 4) : 0);
                throw new IOException("No space left on device");
            }
            waiting = true;
            try {
                while (gate.getCount() > 0) {
                    Thread.onSpinWait();
                }
            } finally {
                waiting = false;
            }
            written.write(bytes, offset, length);
        }

        String text() {
            return written.toString(StandardCharsets.UTF_8);
        }

        List<String> lines() {
            return text().lines().toList();
        }
    }
}
