package io.smokescreen.cli;

import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.api.SmokescreenException;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.OperationSettings;
import io.smokescreen.cli.logging.LogConfigurator;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** From arguments to an exit code: parses, tells what is wrong, and hands over to what was asked for. */
final class Command {

    /** The exit code of everything that keeps the command from its work. */
    static final int EXIT_ERROR = 1;

    private static final List<Subcommand> SUBCOMMANDS = List.of(
            new CheckCommand(),
            new ExplainCommand(System.in, new FileOutputStream(FileDescriptor.out)),
            new CompletionCommand());

    private final Consumer<SmokescreenBuilder> customization;

    Command(Consumer<SmokescreenBuilder> customization) {
        this.customization = customization;
    }

    int execute(String[] arguments) {
        CommandLine command = commandLine();
        return command.execute(Flags.withTwoDashes(arguments, command.getCommandSpec()));
    }

    CommandLine commandLine() {
        CommandSpec spec = CommandSpec.create().name("smokescreen").addOption(Flags.help());
        spec.addOption(OptionSpec.builder("-v", "--version")
                .versionHelp(true)
                .description("Print the version.")
                .build());
        spec.versionProvider(new Version());
        HelpPages.COMMAND.on(Flags.addTo(spec));
        SUBCOMMANDS.forEach(each -> spec.addSubcommand(each.name(), new CommandLine(each.spec())));
        return new CommandLine(spec)
                .setOverwrittenOptionsAllowed(true) // as in Go, the last one holds
                .setAllowSubcommandsAsOptionParameters(true)
                .setExecutionStrategy(this::run)
                .setParameterExceptionHandler(Command::wrongFlags);
    }

    private int run(ParseResult parsed) {
        Integer helped = CommandLine.executeHelpRequest(parsed);
        if (helped != null) {
            return helped;
        }
        try {
            return parsed.hasSubcommand()
                    ? subcommand(parsed.subcommand()).run(parsed, customization)
                    : runProxy(parsed);
        } catch (SmokescreenException e) {
            err(parsed).println("smokescreen: " + oneLine(e));
        } catch (ParameterException e) {
            throw e;
        } catch (RuntimeException e) {
            err(parsed).println("smokescreen: internal error, please report it");
            e.printStackTrace(err(parsed));
        }
        return EXIT_ERROR;
    }

    private int runProxy(ParseResult parsed) {
        Configuration configuration = Flags.configuration(parsed);
        LogConfigurator.apply(
                configuration.get(OperationSettings.LOG_LEVEL), configuration.get(OperationSettings.LOG_FORMAT));
        return Launch.untilStopped(new ProxyAssembly(configuration, () -> Flags.configuration(parsed), customization));
    }

    private static Subcommand subcommand(ParseResult parsed) {
        return SUBCOMMANDS.stream()
                .filter(each -> each.name().equals(parsed.commandSpec().name()))
                .findFirst()
                .orElseThrow();
    }

    private static PrintWriter err(ParseResult parsed) {
        return parsed.commandSpec().commandLine().getErr();
    }

    /** One line that says what is wrong, one that says where to read on. */
    private static int wrongFlags(ParameterException failure, String[] arguments) {
        PrintWriter err = failure.getCommandLine().getErr();
        err.println("smokescreen: " + oneLine(failure) + suggestion(failure).orElse(""));
        err.println("See '" + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return EXIT_ERROR;
    }

    private static Optional<String> suggestion(ParameterException failure) {
        return failure instanceof UnmatchedArgumentException unmatched
                        && !unmatched.getSuggestions().isEmpty()
                ? Optional.of(" (did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?)")
                : Optional.empty();
    }

    /** Without what stands before the host in a URL: a flag that is misspelt is shown with its value. */
    private static String oneLine(Exception failure) {
        return String.valueOf(failure.getMessage()).replaceAll("\\R", "; ").replaceAll("//\\S*@", "//...@");
    }
}
