package io.smokescreen.cli;

/** The entry point: the only class that ends the process. */
public final class Main {

    private Main() {}

    /**
     * Runs the command.
     *
     * @param arguments flags, and perhaps a subcommand
     */
    public static void main(String[] arguments) {
        System.exit(SmokescreenCli.run(arguments));
    }
}
