package io.smokescreen.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs of the system, such as {@code openssl}; a test that needs one is skipped where it is not installed. */
public final class Command {

    private static final int SECONDS_TO_END = 30;

    private Command() {}

    /** {@return what the command printed, both ways, until it ended by itself} */
    public static String run(Path directory, String input, String... command) throws IOException, InterruptedException {
        assumeInstalled(command[0]);
        Path output = Files.createTempFile(directory, "output", ".txt");
        Process process = start(output, command);
        process.getOutputStream().write(input.getBytes(ISO_8859_1));
        process.getOutputStream().flush();
        boolean ended = process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as(Files.readString(output, ISO_8859_1)).isTrue();
        return Files.readString(output, ISO_8859_1);
    }

    /** {@return the command under way} */
    public static Process start(Path output, String... command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    public static void assumeInstalled(String command) {
        boolean found = Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(each -> Files.isExecutable(Path.of(each, command)));
        assumeTrue(found, command + " is not installed here");
    }
}
