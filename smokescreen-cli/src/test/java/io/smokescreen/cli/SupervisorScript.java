package io.smokescreen.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Runs {@code supervisor.py}: Java can pass no descriptors to a child. */
final class SupervisorScript implements AutoCloseable {

    private final Process process;
    private final PrintWriter orders;
    private final List<String> reports = new CopyOnWriteArrayList<>();

    private SupervisorScript(Process process) {
        this.process = process;
        this.orders = new PrintWriter(process.outputWriter(UTF_8), true);
        Thread reader = new Thread(() -> process.inputReader(UTF_8).lines().forEach(reports::add));
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts one that speaks as {@code einhorn} or {@code systemd}, without a worker yet. */
    static SupervisorScript start(String mode, Path folder, String... flags) throws IOException {
        Path script = folder.resolve("supervisor.py");
        try (var resource = SupervisorScript.class.getResourceAsStream("/supervisor.py")) {
            Files.write(script, resource.readAllBytes());
        }
        List<String> command = new ArrayList<>(List.of("python3", script.toString(), mode, folder.toString()));
        command.addAll(ChildProcess.command(flags));
        return new SupervisorScript(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    static void assumePython() {
        boolean found;
        try {
            found = new ProcessBuilder("python3", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            found = false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        Assumptions.assumeTrue(found, "there is no python3 to run a supervisor that hands over descriptors");
    }

    int port() {
        return Integer.parseInt(report("listening ").substring("listening ".length()));
    }

    void startWorker(String name, String... variables) {
        orders.println("start " + name + " " + String.join(" ", variables));
    }

    /** {@return the pid of a worker that was started} */
    String pid(String name) {
        return report("started " + name + " ").split(" ", -1)[2];
    }

    void signal(String name, String signal) {
        orders.println("signal " + name + " " + signal);
    }

    /** Waits for a report that begins so. */
    String report(String start) {
        return await("report '" + start + "'")
                .atMost(30, TimeUnit.SECONDS)
                .until(
                        () -> reports.stream()
                                .filter(report -> report.startsWith(start))
                                .findFirst()
                                .orElse(""),
                        found -> !found.isEmpty());
    }

    /** {@return what has been reported so far with this first word, without it} */
    List<String> reports(String word) {
        return reports.stream()
                .filter(report -> report.startsWith(word + " "))
                .map(report -> report.substring(word.length() + 1))
                .toList();
    }

    @Override
    public void close() {
        orders.close(); // it kills its workers then
        if (!exits()) {
            process.destroyForcibly();
        }
    }

    private boolean exits() {
        try {
            return process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
