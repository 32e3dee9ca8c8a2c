package io.smokescreen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.AddressPolicy;
import io.smokescreen.Network;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.ConnectSettings;
import io.smokescreen.cli.config.ListenSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class FlagsTest {

    @Test
    void no_flag_is_every_default() {
        Configuration none = parse();

        assertThat(none.get(ListenSettings.PORT)).isEqualTo(4750);
        assertThat(none.get(PolicySettings.ACL_FILE)).isEmpty();
        assertThat(none.get(PolicySettings.ADDRESS_POLICY)).isEqualTo(AddressPolicy.STRICT);
        assertThat(none.get(ConnectSettings.CONNECT_TIMEOUT)).isEqualTo(Duration.ofSeconds(10));
        assertThat(Settings.ALL).noneMatch(none::isGiven);
    }

    /** As Go: a value after a blank or after an equals sign, with two dashes or one. */
    @ParameterizedTest
    @CsvSource({"--, ' '", "--, =", "-, ' '", "-, ="})
    void a_flag_is_spelled_in_four_ways(String dashes, String before) {
        String[] flags = Stream.of(
                        "listen-ip 127.0.0.1",
                        "timeout 1m30s",
                        "network ip4",
                        "deny-range 192.0.2.0/24",
                        "deny-range 198.51.100.0/24",
                        "resolver-address [::1]:54",
                        "additional-error-message-on-deny ask us, -v")
                .map(flag -> dashes + flag.replaceFirst(" ", before))
                .flatMap(flag -> before.equals(" ") ? Stream.of(flag.split(" ", 2)) : Stream.of(flag))
                .toArray(String[]::new);

        Configuration all = parse(flags);

        assertThat(all.get(ListenSettings.IP)).isEqualTo("127.0.0.1");
        assertThat(all.get(ConnectSettings.CONNECT_TIMEOUT)).isEqualTo(Duration.ofSeconds(90));
        assertThat(all.get(ConnectSettings.NETWORK)).isEqualTo(Network.IP4);
        assertThat(all.get(PolicySettings.DENY_RANGES)).containsExactly("192.0.2.0/24", "198.51.100.0/24");
        assertThat(all.get(ConnectSettings.RESOLVER_ADDRESSES))
                .singleElement()
                .asString()
                .isEqualTo("/[0:0:0:0:0:0:0:1]:54");
        assertThat(all.get(PolicySettings.DENY_MESSAGE_EXTRA)).isEqualTo("ask us, -v");
    }

    @Test
    void a_value_that_looks_like_a_flag_with_one_dash_stays_a_value() {
        assertThat(parse("--additional-error-message-on-deny", "-timeout").get(PolicySettings.DENY_MESSAGE_EXTRA))
                .isEqualTo("-timeout");
    }

    @ParameterizedTest
    @CsvSource({
        "--allow-missing-role, true",
        "--allow-missing-role=true, true",
        "--allow-missing-role=false, false",
        "--allow-missing-role=1, true",
        "--allow-missing-role=F, false"
    })
    void a_switch_stands_alone_or_says_which(String flag, boolean expected) {
        Configuration switched = parse(flag);

        assertThat(switched.get(PolicySettings.ALLOW_MISSING_ROLE)).isEqualTo(expected);
        assertThat(switched.isGiven(PolicySettings.ALLOW_MISSING_ROLE)).isTrue();
    }

    @Test
    void the_last_of_two_values_holds() {
        assertThat(parse("--listen-port", "1", "--listen-port", "2").get(ListenSettings.PORT))
                .isEqualTo(2);
    }

    @Test
    void a_flag_overrides_the_file_and_address_rules_add_to_it(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("smokescreen.yaml"), """
                port: 4000
                network: ip6
                resolver_addresses: ["192.0.2.53"]
                deny_ranges: [192.0.2.0/24]
                """);

        Configuration both = parse(
                "--config-file",
                file.toString(),
                "--listen-port=4001",
                "--resolver-address=192.0.2.54",
                "--deny-range=198.51.100.0/24");

        assertThat(both.get(ListenSettings.PORT)).isEqualTo(4001);
        assertThat(both.get(ConnectSettings.NETWORK)).isEqualTo(Network.IP6);
        assertThat(both.get(ConnectSettings.RESOLVER_ADDRESSES))
                .singleElement()
                .asString()
                .isEqualTo("/192.0.2.54:53");
        assertThat(both.get(PolicySettings.DENY_RANGES)).containsExactly("192.0.2.0/24", "198.51.100.0/24");
    }

    @Test
    void help_names_every_flag_with_its_default() {
        StringWriter out = new StringWriter();

        int exitCode = commandLine().setOut(new PrintWriter(out, true)).execute("--help");

        assertThat(exitCode).isZero();
        String oneLine = out.toString().replaceAll("\\s+", " ");
        for (Setting<?> setting : Settings.ALL) {
            assertThat(oneLine).contains(setting.flag()).contains("(default: " + setting.defaultText() + ")");
        }
        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 120);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--listen-port=65536 | --listen-port: '65536' is not a port (expected 0 to 65535)",
                "--listen-port=+1 | --listen-port: '+1' is not a port (expected 0 to 65535)",
                "--timeout=0 | --timeout: '0' is too short (expected at least 1ms)",
                "--network=ip5 | --network: 'ip5' is not known (expected ip or ip4 or ip6; did you mean 'ip'?)",
                "--stats-socket-file-mode=888 | --stats-socket-file-mode: '888' is not a file mode (expected three octal digits such as 700)",
                "--max-request-rate=-1 | --max-request-rate: '-1' is not a rate (expected a number such as 100 or 0.5)",
                "--egress-acl-file= | --egress-acl-file: is empty (leave it out instead)",
                "--disable-acl-policy-action=opne | --disable-acl-policy-action: 'opne' is not known (expected open or report or enforce; did you mean 'open'?)",
            })
    void a_wrong_value_is_told_with_what_is_right(String flag, String error) {
        assertThat(errorOf(flag)).isEqualTo("smokescreen: " + error);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--deny-range=10.0.0.0/33", "--allow-address=10.0.0.1:0", "--listen-ip=localhost"})
    void what_the_engine_refuses_is_told_with_the_flag(String flag) {
        String value = flag.substring(flag.indexOf('=') + 1);

        assertThat(errorOf(flag, "--listen-port=0"))
                .startsWith("smokescreen: " + flag.substring(0, flag.indexOf('=')) + ": ")
                .contains("'" + value + "'");
    }

    @Test
    void an_unknown_flag_is_told_with_the_nearest() {
        assertThat(errorOf("--listen-prot=1")).startsWith("smokescreen: Unknown option: '--listen-prot=1'");
    }

    /** It may have been meant as a next hop. */
    @Test
    void a_password_in_the_value_of_an_unknown_flag_is_not_told() {
        assertThat(errorOf("--upstream-proxy=http://me:sec/ret@a.test:3128"))
                .startsWith("smokescreen: Unknown option: '--upstream-proxy=http://...@a.test:3128' (did you mean ");
    }

    private static Configuration parse(String... flags) {
        CommandLine command = commandLine();
        return Flags.configuration(command.parseArgs(Flags.withTwoDashes(flags, command.getCommandSpec())));
    }

    private static String errorOf(String... flags) {
        StringWriter err = new StringWriter();
        int exitCode = commandLine().setErr(new PrintWriter(err, true)).execute(flags);
        assertThat(exitCode).isEqualTo(1);
        return List.of(err.toString().split("\\R")).get(0);
    }

    private static CommandLine commandLine() {
        return new Command(builder -> {}).commandLine();
    }
}
