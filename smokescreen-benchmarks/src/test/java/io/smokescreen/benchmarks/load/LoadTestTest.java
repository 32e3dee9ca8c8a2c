package io.smokescreen.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** That the program measures at all: the backend stands for two relays, this JVM for their process. */
class LoadTestTest {

    @Test
    void run_measuresEachRowOfTwoContenders() throws Exception {
        try (Backend backend = Backend.start(0)) {
            String table = run(
                    backend, "--warm-up", "0.01", "--seconds", "0.05", "--pairs", "2", "--b-proxy", address(backend));

            assertThat(table.lines()).hasSize(1 + Work.values().length);
            for (Work work : Work.values()) {
                assertThat(table.lines()).anyMatch(line -> line.startsWith(work.title) && line.contains(work.unit));
            }
        }
    }

    @Test
    void run_measuresOneContenderAlone() throws Exception {
        try (Backend backend = Backend.start(0)) {
            String table = run(backend, "--warm-up", "0.01", "--seconds", "0.05", "--pairs", "1", "--rows", "http");

            assertThat(table.lines()).hasSize(2);
        }
    }

    @Test
    void run_endsWhereAContenderRefuses() throws Exception {
        try (Backend backend = Backend.start(0)) {
            Options options =
                    Options.parse("--target", "x:1", "--proxy", address(backend), "--pid", pid(), "--rows", "connect");

            // the backend echoes the CONNECT, which is no 200
            assertThatThrownBy(() -> new LoadTest(options, System.out).run())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("expected 200");
        }
    }

    @Test
    void median_isTheMiddle() {
        assertThat(LoadTest.median(3, 1, 2)).isEqualTo(2);
        assertThat(LoadTest.median(4, 1, 2, 3)).isEqualTo(2.5);
    }

    @Test
    void options_nameWhatIsWrong() {
        assertThatThrownBy(() -> Options.parse("--proxy", "localhost:1")).hasMessageContaining("--pid is missing");
        assertThatThrownBy(() -> Options.parse("--what", "1")).hasMessageContaining("--what");
    }

    private static String run(Backend backend, String... more) throws Exception {
        String[] common = {
            "--target",
            address(backend),
            "--proxy",
            address(backend),
            "--pid",
            pid(),
            "--mode",
            "tcp",
            "--b-pid",
            pid(),
            "--b-mode",
            "http"
        };
        String[] args = java.util.stream.Stream.of(common, more)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            new LoadTest(Options.parse(args), out).run();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String address(Backend backend) {
        return "127.0.0.1:" + backend.address().getPort();
    }

    private static String pid() {
        return Long.toString(ProcessHandle.current().pid());
    }
}
