package io.smokescreen.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The completion script in real shells. */
@Timeout(60)
class CompletionTest {

    /**
     * As the shell does it when the user presses the tabulator key: through the function that was registered. Bash's compopt
     * works only while the shell itself does so.
     */
    private static final String PRESS_TAB = """
            compopt() { :; }
            function=$(complete -p smokescreen | sed -n 's/.*-F \\([^ ]*\\).*/\\1/p')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            COMP_LINE="${COMP_WORDS[*]}"
            COMP_POINT=${#COMP_LINE}
            "$function"
            printf '%s\\n' "${COMPREPLY[@]}"
            """;

    private static final String SOURCE = """
            source "$1"
            shift
            COMP_WORDS=("$@")
            """;

    @TempDir
    private Path folder;

    private Path script;

    @BeforeEach
    void writeScript() throws IOException {
        StringWriter out = new StringWriter();
        assertThat(command().setOut(new PrintWriter(out, true)).execute("completion", "bash"))
                .isZero();
        script = Files.writeString(folder.resolve("completion"), out.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "smokescreen --egress-a, --egress-acl-file",
        "smokescreen com, completion",
        "smokescreen check --deny-ad, --deny-address",
        "smokescreen --listen-port 1 check --unsafe, --unsafe-allow-private-ranges",
        "smokescreen completion z, zsh",
    })
    void bash_completes_what_was_begun(String typed, String completed) throws Exception {
        assertThat(press("bash", typed)).map(String::strip).containsExactly(completed);
    }

    @Test
    void bash_completes_names_of_files_after_a_flag_that_takes_one() throws Exception {
        Path file = Files.createFile(folder.resolve("acl-of-the-test.yaml"));

        assertThat(press("bash", "smokescreen --egress-acl-file " + folder.resolve("acl-of")))
                .containsExactly(file.toString());
    }

    /** What zsh does with it from there on is what it does with any completion that was written for bash. */
    @Test
    void zsh_takes_the_script_and_has_the_command_completed_by_it() throws Exception {
        assumeThat(isInstalled("zsh")).as("zsh is installed here").isTrue();

        Process zsh = new ProcessBuilder(
                        "zsh",
                        "-f",
                        "-c",
                        "source \"$1\"; print -r -- ${_comps[smokescreen]}",
                        "zsh",
                        script.toString())
                .redirectErrorStream(true)
                .start();

        assertThat(zsh.inputReader().lines()).containsExactly("_bash_complete -F _complete_smokescreen -o default");
        assertThat(zsh.waitFor()).isZero();
    }

    @Test
    void the_script_for_zsh_is_that_for_bash() throws Exception {
        StringWriter out = new StringWriter();

        assertThat(command().setOut(new PrintWriter(out, true)).execute("completion", "zsh"))
                .isZero();
        assertThat(out.toString()).isEqualTo(Files.readString(script)).contains("bashcompinit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fish", "", "Bash"})
    void any_other_shell_is_an_error(String shell) {
        StringWriter err = new StringWriter();

        assertThat(command().setErr(new PrintWriter(err, true)).execute("completion", shell))
                .isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly(
                        "smokescreen: no completion for '" + shell + "' (expected bash or zsh)",
                        "See 'smokescreen completion --help'.");
    }

    @Test
    void no_shell_is_an_error() {
        StringWriter err = new StringWriter();

        assertThat(command().setErr(new PrintWriter(err, true)).execute("completion"))
                .isEqualTo(1);
        assertThat(err.toString()).startsWith("smokescreen: Missing required parameter: 'SHELL'");
    }

    private List<String> press(String shell, String typed) throws Exception {
        List<String> arguments = Stream.concat(
                        Stream.of(shell, "-c", SOURCE + PRESS_TAB, "completion", script.toString()),
                        Stream.of(typed.split(" ", -1)))
                .toList();
        Process process =
                new ProcessBuilder(arguments).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output.lines().toList();
    }

    private static boolean isInstalled(String program) throws Exception {
        return new ProcessBuilder("sh", "-c", "command -v " + program).start().waitFor() == 0;
    }

    private static CommandLine command() {
        return new Command(builder -> {}).commandLine();
    }
}
