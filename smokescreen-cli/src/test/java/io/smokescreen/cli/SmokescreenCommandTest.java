package io.smokescreen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.AddressPolicy;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class SmokescreenCommandTest {

    @Test
    void no_flags_are_the_defaults_of_the_library() {
        SmokescreenCommand flags = parse();

        assertThat(flags.listening.ip).isEqualTo("::");
        assertThat(flags.listening.port).isEqualTo(4750);
        assertThat(flags.access.aclFile).isEmpty();
        assertThat(flags.access.allowMissingRole).isFalse();
        assertThat(flags.access.denyMessageExtra).isEmpty();
        assertThat(flags.addresses.policy).isEqualTo(AddressPolicy.STRICT);
        assertThat(flags.addresses.unsafeAllowPrivateRanges).isFalse();
        assertThat(flags.addresses.allowRanges).isEmpty();
        assertThat(flags.connecting.timeout).isEqualTo(Duration.ofSeconds(10));
        assertThat(flags.connecting.dnsTimeout).isEqualTo(Duration.ofSeconds(5));
        assertThat(flags.connecting.resolvers).isEmpty();
    }

    @Test
    void a_value_follows_after_a_blank() {
        assertAllFlags(parse(
                "--listen-ip",
                "127.0.0.1",
                "--listen-port",
                "0",
                "--timeout",
                "1m30s",
                "--deny-range",
                "192.0.2.0/24",
                "--allow-range",
                "10.0.0.0/8",
                "--deny-address",
                "192.0.2.1",
                "--allow-address",
                "10.0.0.1:443",
                "--egress-acl-file",
                "acl.yaml",
                "--resolver-address",
                "192.0.2.53",
                "--dns-timeout",
                "500ms",
                "--additional-error-message-on-deny",
                "ask us",
                "--unsafe-allow-private-ranges",
                "--allow-missing-role",
                "--address-policy",
                "smokescreen",
                "--deny-range",
                "198.51.100.0/24",
                "--resolver-address",
                "[::1]:54"));
    }

    @Test
    void a_value_follows_after_an_equals_sign() {
        assertAllFlags(parse(
                "--listen-ip=127.0.0.1",
                "--listen-port=0",
                "--timeout=1m30s",
                "--deny-range=192.0.2.0/24",
                "--allow-range=10.0.0.0/8",
                "--deny-address=192.0.2.1",
                "--allow-address=10.0.0.1:443",
                "--egress-acl-file=acl.yaml",
                "--resolver-address=192.0.2.53",
                "--dns-timeout=500ms",
                "--additional-error-message-on-deny=ask us",
                "--unsafe-allow-private-ranges=true",
                "--allow-missing-role=true",
                "--address-policy=smokescreen",
                "--deny-range=198.51.100.0/24",
                "--resolver-address=[::1]:54"));
    }

    @Test
    void the_last_of_two_holds() {
        assertThat(parse("--listen-port", "1", "--timeout", "1s", "--listen-port", "2").listening.port)
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--timeout 10 | --timeout: '10' is not a duration: the unit is missing",
                "--timeout=0 | --timeout: '0' is too short (expected at least 1ms)",
                "--dns-timeout abc | --dns-timeout: 'abc' is not a duration",
                "--timeout | Missing required parameter for option '--timeout' (DURATION)",
                "--listen-port 65536 | --listen-port: '65536' is not a port (expected 0 to 65535)",
                "--listen-port -1 | --listen-port: '-1' is not a port",
                "--listen-ip localhost | --listen-ip: listen address 'localhost' (expected an IP address",
                "--listen-ip 127.1 | --listen-ip: listen address '127.1'",
                "--resolver-address dns.example.com | --resolver-address: 'dns.example.com' is not the address of a DNS",
                "--address-policy lax | --address-policy: 'lax' is not an address policy (expected 'strict' or",
                "--allow-range 10.0.0.0 | --allow-range: ",
                "--deny-range x | --deny-range: ",
                "--deny-range 10.0.0.0/8 --deny-range=::/129 | --deny-range: '::/129' ",
                "--allow-address 10.0.0.1:0 | --allow-address: '10.0.0.1:0' ",
                "--deny-address db.internal:5432 | --deny-address: 'db.internal:5432' ",
                "--egress-acl-file /nonexistent/acl.yaml | --egress-acl-file: ",
                "--allow-missing-rule | Unknown option: '--allow-missing-rule' (did you mean --allow-missing-role",
                "-listen-port 1 | Unknown option",
                "acl.yaml | Unmatched argument at index 0: 'acl.yaml'",
            })
    void a_wrong_flag_is_one_line_that_names_it(String arguments, String message) {
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine(new SmokescreenCommand()).setErr(new PrintWriter(err, true));

        int exitCode = command.execute(arguments.split(" "));

        assertThat(exitCode).isEqualTo(1);
        assertThat(err.toString().lines()).hasSize(2).first().asString().startsWith("smokescreen: " + message);
        assertThat(err.toString()).endsWith("See 'smokescreen --help'.\n");
    }

    @Test
    void help_lists_each_flag_once_under_a_heading() {
        CommandLine command = Main.commandLine(new SmokescreenCommand());

        String help = command.getUsageMessage();

        for (OptionSpec option : command.getCommandSpec().options()) {
            assertThat(help.split("(?m)^ +(-v, )?" + option.longestName() + "\\b", -1))
                    .as("'%s' in%n%s", option.longestName(), help)
                    .hasSize(2);
        }
        assertThat(help)
                .contains(
                        "\nListening:\n",
                        "\nWho may reach which host:\n",
                        "\nConnecting:\n",
                        "(default: 4750)",
                        "10s)");
    }

    private static SmokescreenCommand parse(String... arguments) {
        SmokescreenCommand flags = new SmokescreenCommand();
        Main.commandLine(flags).parseArgs(arguments);
        return flags;
    }

    private static void assertAllFlags(SmokescreenCommand flags) {
        assertThat(flags.listening.ip).isEqualTo("127.0.0.1");
        assertThat(flags.listening.port).isZero();
        assertThat(flags.access.aclFile).contains(Path.of("acl.yaml"));
        assertThat(flags.access.allowMissingRole).isTrue();
        assertThat(flags.access.denyMessageExtra).isEqualTo("ask us");
        assertThat(flags.addresses.denyRanges).containsExactly("192.0.2.0/24", "198.51.100.0/24");
        assertThat(flags.addresses.allowRanges).containsExactly("10.0.0.0/8");
        assertThat(flags.addresses.denyAddresses).containsExactly("192.0.2.1");
        assertThat(flags.addresses.allowAddresses).containsExactly("10.0.0.1:443");
        assertThat(flags.addresses.unsafeAllowPrivateRanges).isTrue();
        assertThat(flags.addresses.policy).isEqualTo(AddressPolicy.SMOKESCREEN);
        assertThat(flags.connecting.timeout).isEqualTo(Duration.ofSeconds(90));
        assertThat(flags.connecting.dnsTimeout).isEqualTo(Duration.ofMillis(500));
        assertThat(flags.connecting.resolvers)
                .containsExactly(ResolverAddress.parse("192.0.2.53:53"), ResolverAddress.parse("[::1]:54"));
    }
}
