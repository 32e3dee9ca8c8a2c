package io.smokescreen.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The command in a process of its own, run from the classes under test. */
final class ChildProcess implements AutoCloseable {

    private static final Pattern LISTEN_PORT = Pattern.compile("\"?listen_address\"?[:=]\"?[^\" ]*:([0-9]+)");

    private final Process process;
    private final Collector out;
    private final Collector err;
    private OptionalInt port = OptionalInt.empty();

    private ChildProcess(Process process) {
        this.process = process;
        this.out = new Collector(process.inputReader(UTF_8));
        this.err = new Collector(process.errorReader(UTF_8));
    }

    static ChildProcess start(String... flags) throws IOException {
        return of(command(flags));
    }

    /** {@return another program} */
    static ChildProcess of(List<String> command) throws IOException {
        return of(command, Map.of());
    }

    /** {@return the same, with these variables in its environment} */
    static ChildProcess of(List<String> command, Map<String, String> variables) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(variables);
        return new ChildProcess(builder.start());
    }

    /** {@return what to execute} */
    static List<String> command(String... flags) {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED", // as the launcher does; JDK 25 warns without it
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(flags));
        return command;
    }

    /** Waits for the line of standard output that has this message. */
    String line(String message) {
        return awaitLine("\"msg\":\"" + message + "\"");
    }

    /** Waits for a line whose message starts like this. */
    String lineStarting(String beginning) {
        return awaitLine("\"msg\":\"" + beginning);
    }

    /** Waits for a line with this text in it, be it JSON or not. */
    String lineContaining(String text) {
        return awaitLine(text);
    }

    /** Waits until something listens on that port of 127.0.0.1, which is the port of this process from here on. */
    void listensOn(int chosen) {
        Awaitility.await("a listener on port " + chosen)
                .atMost(20, TimeUnit.SECONDS)
                .ignoreExceptions()
                .until(() -> {
                    new Socket(InetAddress.getLoopbackAddress(), chosen).close();
                    return true;
                });
        port = OptionalInt.of(chosen);
    }

    private String awaitLine(String part) {
        return Awaitility.await("a line with " + part)
                .atMost(20, TimeUnit.SECONDS)
                .failFast(
                        "the process ended",
                        () -> !process.isAlive() && out.find(part).isEmpty())
                .until(() -> out.find(part), Optional::isPresent)
                .orElseThrow();
    }

    int port() {
        if (port.isPresent()) {
            return port.getAsInt();
        }
        Matcher matcher = LISTEN_PORT.matcher(lineContaining("smokescreen listening"));
        if (!matcher.find()) {
            throw new AssertionError("no listen_address");
        }
        return Integer.parseInt(matcher.group(1));
    }

    long pid() {
        return process.pid();
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** {@return where to write what the process reads} */
    OutputStream input() {
        return process.getOutputStream();
    }

    void closeStandardOutput() throws IOException {
        process.getInputStream().close();
    }

    /** Waits for the end, of its own accord or after a signal. */
    Ended end() throws InterruptedException {
        return end(Duration.ofSeconds(20));
    }

    /** Waits so long for the end. */
    Ended end(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            close();
            throw new AssertionError("still running; output so far: " + out.text() + err.text());
        }
        out.join();
        err.join();
        return new Ended(process.exitValue(), out.text(), err.text());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    record Ended(int exitCode, String out, String err) {}

    /** Reads a stream to its end, as it comes. */
    private static final class Collector {

        private final StringWriter text = new StringWriter();
        private final Thread thread;

        Collector(Reader reader) {
            thread = new Thread(() -> {
                try {
                    reader.transferTo(text);
                } catch (IOException e) {
                    text.append("(closed)");
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        String text() {
            return text.toString();
        }

        /** Finds a line that has arrived as a whole. */
        Optional<String> find(String part) {
            String all = text();
            return all.substring(0, all.lastIndexOf('\n') + 1)
                    .lines()
                    .filter(line -> line.contains(part))
                    .findFirst();
        }

        void join() throws InterruptedException {
            thread.join(5_000);
        }
    }
}
