package io.smokescreen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.ConnectSettings;
import io.smokescreen.cli.config.ListenSettings;
import io.smokescreen.cli.config.PolicySettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Flags before and after the name of a subcommand. */
class SubcommandFlagsTest {

    @Test
    void flags_before_and_after_the_name_count_as_if_they_stood_in_a_row() {
        Configuration both = parse(
                "--listen-port=1",
                "-timeout",
                "1s",
                "--allow-missing-role",
                "--deny-range=192.0.2.0/24",
                "--resolver-address=192.0.2.53",
                "check",
                "-listen-port",
                "2",
                "--allow-missing-role=false",
                "--deny-range=198.51.100.0/24",
                "--resolver-address=192.0.2.54");

        assertThat(both.get(ListenSettings.PORT)).isEqualTo(2);
        assertThat(both.get(ConnectSettings.CONNECT_TIMEOUT)).hasSeconds(1);
        assertThat(both.get(PolicySettings.ALLOW_MISSING_ROLE)).isFalse();
        assertThat(both.get(PolicySettings.DENY_RANGES)).containsExactly("192.0.2.0/24", "198.51.100.0/24");
        assertThat(both.get(ConnectSettings.RESOLVER_ADDRESSES))
                .extracting(InetSocketAddress::getHostString)
                .containsExactly("192.0.2.53", "192.0.2.54");
    }

    @Test
    void the_config_file_may_be_named_on_either_side_and_the_last_holds(@TempDir Path folder) throws Exception {
        String first = Files.writeString(folder.resolve("1.yaml"), "port: 1\n").toString();
        String second = Files.writeString(folder.resolve("2.yaml"), "port: 2\n").toString();

        assertThat(parse("--config-file", first, "check").get(ListenSettings.PORT))
                .isEqualTo(1);
        assertThat(parse("check", "-config-file", second).get(ListenSettings.PORT))
                .isEqualTo(2);
        assertThat(parse("--config-file", first, "check", "--config-file", second)
                        .get(ListenSettings.PORT))
                .isEqualTo(2);
    }

    @Test
    void a_value_that_is_the_name_of_a_subcommand_stays_a_value() {
        Configuration configuration = parse("--additional-error-message-on-deny", "check");

        assertThat(configuration.get(PolicySettings.DENY_MESSAGE_EXTRA)).isEqualTo("check");
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "explain", "completion"})
    void help_of_a_subcommand_tells_its_own_options_and_where_the_others_are(String name) {
        String help = output(name, "--help");

        assertThat(help).startsWith("Usage: smokescreen " + name + " ").contains("Examples:");
        assertThat(help.lines()).allMatch(line -> line.length() <= 80).noneMatch(line -> line.contains("--listen-ip="));
        assertThat(output("--help")).containsPattern("Subcommands:\\R(  .*\\R)*  " + name + " ");
    }

    @Test
    void a_word_that_is_no_subcommand_is_told_with_the_nearest() {
        StringWriter err = new StringWriter();

        assertThat(command().setErr(new PrintWriter(err, true)).execute("chek")).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("smokescreen: Unmatched argument at index 0: 'chek' (did you mean check?)");
    }

    private static Configuration parse(String... arguments) {
        CommandLine command = command();
        return Flags.configuration(command.parseArgs(Flags.withTwoDashes(arguments, command.getCommandSpec())));
    }

    private static String output(String... arguments) {
        StringWriter out = new StringWriter();
        assertThat(command().setOut(new PrintWriter(out, true)).execute(arguments))
                .isZero();
        return out.toString();
    }

    private static CommandLine command() {
        return new Command(builder -> {}).commandLine();
    }
}
