package io.smokescreen.cli;

import static java.util.Objects.requireNonNull;

import io.smokescreen.SmokescreenBuilder;
import java.util.function.Consumer;

/**
 * The whole command as a library call, for a host application that wants its flags, config file, logs, metrics and signals
 * and brings a part of its own. Go's counterpart: {@code cmd.NewConfiguration} and {@code smokescreen.StartWithConfig}.
 *
 * <pre>{@code
 * public static void main(String[] args) {
 *     System.exit(SmokescreenCli.run(args, builder ->
 *             builder.roleExtractor(request -> request.certificate().flatMap(Roles::organizationalUnit))));
 * }
 * }</pre>
 *
 * <p>It owns the process while it runs: it handles SIGTERM, SIGINT, SIGUSR2 and SIGHUP and configures Logback, once in a
 * process. To run a proxy beside other things, use {@link io.smokescreen.Smokescreen#builder()}.
 */
public final class SmokescreenCli {

    private SmokescreenCli() {}

    /**
     * Runs the command as it is.
     *
     * @param arguments flags, and perhaps a subcommand
     * @return the exit code: 0 after a graceful stop, 1 if the command could not do its work
     */
    public static int run(String[] arguments) {
        return run(arguments, builder -> {});
    }

    /**
     * Runs the command with parts of the host application's own. Returns when the proxy has stopped after a signal, or
     * when a subcommand is done; never ends the process itself.
     *
     * @param arguments flags, and perhaps a subcommand
     * @param customization called once with a builder that holds what flags and config file say, before anything is
     *     started; what it sets counts. ACL, address rules and TLS are loaded from files by a source
     *     ({@link SmokescreenBuilder#rules}); set a source of your own to replace all three, one alone is an error. A role
     *     function cannot be combined with {@code roles} in the settings. Subcommands judge by it too
     * @return the exit code: 0 after a graceful stop, 1 if the command could not do its work; a subcommand may have more
     */
    public static int run(String[] arguments, Consumer<SmokescreenBuilder> customization) {
        return new Command(requireNonNull(customization, "customization"))
                .execute(requireNonNull(arguments, "arguments"));
    }
}
