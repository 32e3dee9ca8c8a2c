package io.smokescreen.cli;

import io.smokescreen.AddressPolicy;
import io.smokescreen.ResolverOptions;
import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.TimeoutOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The flags, and nothing but the flags. What they amount to is {@link ProxyAssembly}'s, running it is {@link Launch}'s. */
@Command(
        name = "smokescreen",
        description = {
            "",
            "An egress proxy: clients reach the outside only through it. It knows who asks, whether that role may reach that"
                    + " host, and that the address it connects to is a public one."
        },
        customSynopsis = "smokescreen [FLAG]...",
        optionListHeading = "%nAbout this command:%n",
        sortOptions = false,
        versionProvider = Version.class,
        footer = {
            "",
            "DURATION is one or more numbers with a unit (ms, s, m, h): 10s, 1m30s, 500ms, 1.5h.",
            "RANGE is in CIDR notation: 192.0.2.0/24, 2001:db8::/32.",
            "A value may follow its flag after a blank or after '='. Repeatable flags may be given more than once.",
            "",
            "Examples:",
            "  Anyone on this machine may reach any public address:",
            "    smokescreen --listen-ip 127.0.0.1",
            "    curl --proxy http://127.0.0.1:4750 https://example.com/",
            "  What the ACL says decides, clients without a role get its default rule:",
            "    smokescreen --egress-acl-file acl.yaml --allow-missing-role",
            "  An internal service may be reached although its address is private:",
            "    smokescreen --egress-acl-file acl.yaml --allow-address 10.1.2.3:443",
            "",
            "Log lines are JSON on standard output, errors of the command go to standard error.",
            "SIGTERM and SIGINT stop gracefully, a second one at once.",
            "Exit code: 0 after a stop, 1 if a flag, a file or the address to listen on is wrong."
        })
final class SmokescreenCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    Listening listening = new Listening();

    @Mixin
    Access access = new Access();

    @Mixin
    Addresses addresses = new Addresses();

    @Mixin
    Connecting connecting = new Connecting();

    @Option(names = "--help", usageHelp = true, description = "Show this help text.")
    boolean help;

    @Option(
            names = {"-v", "--version"},
            versionHelp = true,
            description = "Print the version.")
    boolean version;

    /** Where clients connect to. */
    @Command(optionListHeading = "%nListening:%n")
    static final class Listening {

        @Option(
                names = "--listen-ip",
                paramLabel = "IP",
                description = "Listen on the interface with address IP. (default: any)")
        String ip = SmokescreenBuilder.DEFAULT_LISTEN_IP;

        @Option(
                names = "--listen-port",
                paramLabel = "PORT",
                converter = FlagTypes.ListenPort.class,
                description = "Listen on port PORT; 0 takes a free one and logs it. (default: "
                        + SmokescreenBuilder.DEFAULT_LISTEN_PORT + ")")
        int port = SmokescreenBuilder.DEFAULT_LISTEN_PORT;
    }

    /** Roles and the ACL. */
    @Command(optionListHeading = "%nWho may reach which host:%n")
    static final class Access {

        @Option(
                names = "--egress-acl-file",
                paramLabel = "FILE",
                description =
                        "Validate egress traffic against the ACL in FILE (YAML). (default: none, every host is allowed"
                                + " whose address is)")
        Optional<Path> aclFile = Optional.empty();

        @Option(
                names = "--allow-missing-role",
                description = "Judge a client without a role by the ACL's default rule. (default: deny it)")
        boolean allowMissingRole;

        @Option(
                names = "--additional-error-message-on-deny",
                paramLabel = "MESSAGE",
                description = "Add MESSAGE to the response of a denied request, to tell people where to ask.")
        String denyMessageExtra = "";
    }

    /** Rules for addresses, after a name is resolved. */
    @Command(optionListHeading = "%nWhich addresses may be reached:%n")
    static final class Addresses {

        @Option(
                names = "--deny-range",
                paramLabel = "RANGE",
                description = "Add RANGE to the blocked address ranges. Repeatable.")
        List<String> denyRanges = List.of();

        @Option(
                names = "--allow-range",
                paramLabel = "RANGE",
                description = "Add RANGE to the allowed address ranges. Repeatable.")
        List<String> allowRanges = List.of();

        @Option(
                names = "--deny-address",
                paramLabel = "IP[:PORT]",
                description = "Add IP[:PORT] to the blocked addresses. Repeatable.")
        List<String> denyAddresses = List.of();

        @Option(
                names = "--allow-address",
                paramLabel = "IP[:PORT]",
                description = "Add IP[:PORT] to the allowed addresses. Repeatable.")
        List<String> allowAddresses = List.of();

        @Option(
                names = "--unsafe-allow-private-ranges",
                description = "Allow private addresses (RFC 1918, IPv6 unique local). (default: deny them)")
        boolean unsafeAllowPrivateRanges;

        @Option(
                names = "--address-policy",
                paramLabel = "POLICY",
                converter = FlagTypes.Policy.class,
                description =
                        "What holds where no flag above speaks. 'strict': every special-purpose address is denied, the"
                                + " most specific rule wins, deny wins a tie. 'smokescreen': the table and the order of Go's"
                                + " Smokescreen, allow wins. (default: strict)")
        AddressPolicy policy = AddressPolicy.STRICT;
    }

    /** Names to addresses, addresses to connections. */
    @Command(optionListHeading = "%nConnecting:%n")
    static final class Connecting {

        @Option(
                names = "--timeout",
                paramLabel = "DURATION",
                converter = FlagTypes.Timeout.class,
                description = "Time out after DURATION when connecting. (default: "
                        + TimeoutOptions.DEFAULT_CONNECT_SECONDS + "s)")
        Duration timeout = Duration.ofSeconds(TimeoutOptions.DEFAULT_CONNECT_SECONDS);

        @Option(
                names = "--resolver-address",
                paramLabel = "IP[:PORT]",
                converter = FlagTypes.Resolver.class,
                description =
                        "Make DNS requests to IP[:PORT], port 53 if there is none. Repeatable: the next one is asked"
                                + " when one fails. (default: those of the system)")
        List<InetSocketAddress> resolvers = List.of();

        @Option(
                names = "--dns-timeout",
                paramLabel = "DURATION",
                converter = FlagTypes.Timeout.class,
                description = "Time out after DURATION when resolving a name, all attempts together. (default: "
                        + ResolverOptions.DEFAULT_TIMEOUT_SECONDS + "s)")
        Duration dnsTimeout = Duration.ofSeconds(ResolverOptions.DEFAULT_TIMEOUT_SECONDS);
    }

    @Override
    public Integer call() {
        try {
            return Launch.untilStopped(ProxyAssembly.of(this));
        } catch (InvalidFlagException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
