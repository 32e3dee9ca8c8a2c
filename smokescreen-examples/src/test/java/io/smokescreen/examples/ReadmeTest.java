package io.smokescreen.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the README shows as Java is code that the build compiles. */
class ReadmeTest {

    private static final Path SOURCE = Path.of("src/main/java/io/smokescreen/examples/EmbeddingExample.java");

    @Test
    void embeddingExample_isTheCompiledOne() throws IOException {
        String shown = between(Files.readString(Path.of("../README.md")), "```java\n", "```");
        String compiled = between(Files.readString(SOURCE), "// README: from here\n", "// README: to here");

        assertThat(shown.strip()).isEqualTo(compiled.stripIndent().strip());
    }

    private static String between(String text, String start, String end) {
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from));
    }
}
