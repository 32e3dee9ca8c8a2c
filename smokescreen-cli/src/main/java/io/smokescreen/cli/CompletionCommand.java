package io.smokescreen.cli;

import io.smokescreen.SmokescreenBuilder;
import java.util.List;
import java.util.function.Consumer;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code smokescreen completion}: prints a script that lets a shell complete subcommands, flags and names of files. */
final class CompletionCommand implements Subcommand {

    private static final List<String> SHELLS = List.of("bash", "zsh");

    @Override
    public String name() {
        return "completion";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec =
                HelpPages.COMPLETION.on(CommandSpec.create().name(name()).addOption(Flags.help()));
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("SHELL")
                .type(String.class)
                .arity("1")
                .required(true)
                .completionCandidates(SHELLS)
                .description("bash or zsh.")
                .build());
        return spec;
    }

    @Override
    public int run(ParseResult parsed, Consumer<SmokescreenBuilder> customization) {
        CommandLine own = parsed.subcommand().commandSpec().commandLine();
        String shell = parsed.subcommand().matchedPositionalValue(0, "");
        if (!SHELLS.contains(shell)) {
            throw new CommandLine.ParameterException(
                    own, "no completion for '" + shell + "' (expected " + String.join(" or ", SHELLS) + ")");
        }
        // One script for both: in zsh it switches on zsh's emulation of bash's completion.
        CommandLine command = own.getParent();
        own.getOut().print(AutoComplete.bash(command.getCommandName(), command));
        return own.getOut().checkError() ? Command.EXIT_ERROR : 0; // it flushes
    }
}
