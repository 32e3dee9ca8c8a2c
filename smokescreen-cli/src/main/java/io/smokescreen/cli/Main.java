package io.smokescreen.cli;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_OPTION_LIST;

import io.smokescreen.api.SmokescreenException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry point: the only class that ends the process. */
public final class Main {

    /** The exit code of everything that keeps the proxy from starting. */
    private static final int EXIT_ERROR = 1;

    private Main() {}

    /**
     * Runs the command.
     *
     * @param arguments the flags
     */
    public static void main(String[] arguments) {
        System.exit(commandLine(new SmokescreenCommand()).execute(arguments));
    }

    static CommandLine commandLine(SmokescreenCommand flags) {
        CommandLine command = new CommandLine(flags);
        command.getHelpSectionMap().put(SECTION_KEY_OPTION_LIST, GroupedOptions::render);
        return command.setUsageHelpAutoWidth(true)
                .setOverwrittenOptionsAllowed(true) // as in Go, the last one holds
                .setParameterExceptionHandler(Main::wrongFlags)
                .setExecutionExceptionHandler((failure, failing, parsed) -> failed(failure, failing));
    }

    /** One line that says what is wrong, one that says where to read on. */
    private static int wrongFlags(ParameterException failure, String[] arguments) {
        PrintWriter err = failure.getCommandLine().getErr();
        err.println("smokescreen: " + startingWithFlag(oneLine(failure)) + suggestion(failure));
        err.println("See 'smokescreen --help'.");
        return EXIT_ERROR;
    }

    /** Picocli's "Invalid value for option '--timeout' (DURATION): ..." in the words of all other errors. */
    private static String startingWithFlag(String message) {
        return message.replaceFirst("^Invalid value for option '(--[a-z-]+)'(?: \\(\\S+\\))?: ", "$1: ");
    }

    private static String suggestion(ParameterException failure) {
        return failure instanceof UnmatchedArgumentException unmatched
                        && !unmatched.getSuggestions().isEmpty()
                ? " (did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?)"
                : "";
    }

    private static int failed(Exception failure, CommandLine command) {
        PrintWriter err = command.getErr();
        if (failure instanceof SmokescreenException) {
            err.println("smokescreen: " + oneLine(failure));
        } else {
            err.println("smokescreen: internal error, please report it");
            failure.printStackTrace(err);
        }
        return EXIT_ERROR;
    }

    private static String oneLine(Exception failure) {
        return String.valueOf(failure.getMessage()).replaceAll("\\R", "; ");
    }
}
