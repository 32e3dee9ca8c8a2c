package io.smokescreen.cli;

import io.smokescreen.PolicyVerdict;
import io.smokescreen.Smokescreen;
import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.api.SmokescreenException;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.logging.LogConfigurator;
import io.smokescreen.cli.logging.LogLevel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code smokescreen explain}: tells what would be answered to requests for targets, without sending any. */
final class ExplainCommand implements Subcommand {

    /** The exit code where a target is not allowed. */
    static final int EXIT_REFUSED = 3;

    private static final String ROLE = "--role";
    private static final String NEXT_HOP = "--next-hop";
    private static final String NO_DNS = "--no-dns";
    private static final String STANDARD_INPUT = "-";

    private final InputStream in;
    private final OutputStream out;

    /**
     * @param in where targets are read from, if that is asked for
     * @param out where the lines go
     */
    ExplainCommand(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    @Override
    public String name() {
        return "explain";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec =
                HelpPages.EXPLAIN.on(CommandSpec.create().name(name()).addOption(Flags.help()));
        spec.addOption(OptionSpec.builder(ROLE)
                .type(String.class)
                .paramLabel("ROLE")
                .description("The role of the client. (default: a client without a role)")
                .build());
        spec.addOption(OptionSpec.builder(NEXT_HOP)
                .type(String.class)
                .paramLabel("URL")
                .description("The proxy the client asks to go through, as in X-Upstream-Https-Proxy. (default: none)")
                .build());
        spec.addOption(OptionSpec.builder(NO_DNS)
                .type(boolean.class)
                .description("Do not look names up; of a name, only the ACL is judged then.")
                .build());
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("TARGET")
                .arity("1..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .required(true)
                .description(
                        "host:port as in CONNECT, or an http or https URL; '-' reads one a line from standard input.")
                .build());
        return Flags.addTo(spec);
    }

    @Override
    public int run(ParseResult parsed, Consumer<SmokescreenBuilder> customization) {
        LogConfigurator.useStandardError(LogLevel.WARN); // standard output is for the answers
        ParseResult own = parsed.subcommand();
        Configuration configuration = Flags.configuration(parsed);
        ProxyAssembly assembly = new ProxyAssembly(configuration, () -> configuration, customization);
        String role = own.matchedOptionValue(ROLE, "");
        try (Smokescreen proxy = assembly.builder().build()) {
            ExplainRun run = new ExplainRun(role, question(proxy, own, role), out);
            for (String target : own.matchedPositionalValue(0, List.<String>of())) {
                if (target.equals(STANDARD_INPUT)) {
                    run.explainLines(in);
                } else {
                    run.explain(target);
                }
            }
            return run.finish() ? 0 : EXIT_REFUSED;
        } catch (IOException e) {
            throw new SmokescreenException("cannot read targets or write answers: " + e.getMessage(), e);
        } finally {
            LogConfigurator.flushAndStop();
        }
    }

    private static Function<String, CompletionStage<PolicyVerdict>> question(
            Smokescreen proxy, ParseResult own, String role) {
        String nextHop = own.matchedOptionValue(NEXT_HOP, "");
        return own.hasMatchedOption(NO_DNS)
                ? target -> CompletableFuture.completedFuture(proxy.policy().checkTarget(role, target, nextHop))
                : target -> proxy.explain(role, target, nextHop);
    }
}
