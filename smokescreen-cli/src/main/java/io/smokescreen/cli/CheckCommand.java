package io.smokescreen.cli;

import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.OperationSettings;
import io.smokescreen.cli.logging.LogConfigurator;
import io.smokescreen.cli.logging.LogLevel;
import io.smokescreen.cli.stats.StatsSocket;
import java.io.PrintWriter;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code smokescreen check}: does all that a start does except listening, and tells what would be enforced. */
final class CheckCommand implements Subcommand {

    @Override
    public String name() {
        return "check";
    }

    @Override
    public CommandSpec spec() {
        return Flags.addTo(HelpPages.CHECK.on(CommandSpec.create().name(name()).addOption(Flags.help())));
    }

    @Override
    public int run(ParseResult parsed, Consumer<SmokescreenBuilder> customization) {
        LogConfigurator.useStandardError(LogLevel.ERROR); // what is logged as a warning is part of the summary
        Configuration configuration = Flags.configuration(parsed);
        ProxyAssembly assembly = new ProxyAssembly(configuration, () -> configuration, customization);
        try {
            assembly.builder().build().close();
            configuration.apply(OperationSettings.STATS_SOCKET_DIR, dir -> dir.ifPresent(StatsSocket::check));
        } finally {
            LogConfigurator.flushAndStop();
        }
        PrintWriter out = parsed.commandSpec().commandLine().getOut();
        new CheckSummary(configuration, assembly.rules().acl(), assembly.nextHops())
                .lines()
                .forEach(out::println);
        return out.checkError() ? Command.EXIT_ERROR : 0; // it flushes; a summary that nobody got is none
    }
}
