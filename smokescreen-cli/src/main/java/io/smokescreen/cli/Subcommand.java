package io.smokescreen.cli;

import io.smokescreen.SmokescreenBuilder;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** What the command does besides running the proxy. */
interface Subcommand {

    /** {@return the word it is asked for with} */
    String name();

    /** {@return a new specification: its own options, its help} */
    CommandSpec spec();

    /**
     * Does it.
     *
     * @param parsed what the command was given, with this subcommand inside
     * @param customization what the host application changes in the proxy
     * @return the exit code
     * @throws io.smokescreen.api.SmokescreenException if the settings are wrong
     */
    int run(ParseResult parsed, Consumer<SmokescreenBuilder> customization);
}
