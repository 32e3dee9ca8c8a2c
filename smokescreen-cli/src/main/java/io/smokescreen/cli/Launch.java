package io.smokescreen.cli;

import io.smokescreen.Smokescreen;
import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.ConnectSettings;
import io.smokescreen.cli.config.OperationSettings;
import io.smokescreen.cli.logging.LogConfigurator;
import io.smokescreen.cli.reload.FileWatcher;
import io.smokescreen.cli.stats.StatsSocket;
import io.smokescreen.cli.supervisor.Supervisor;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of the process: start, one line that says what holds, reloads, a signal to stop, a graceful stop. */
final class Launch {

    private static final Logger LOG = LoggerFactory.getLogger(Launch.class);

    private Launch() {}

    /** What is closed without a checked exception. */
    @FunctionalInterface
    private interface Closing extends AutoCloseable {

        @Override
        void close();
    }

    /**
     * Runs the proxy until a signal ends it.
     *
     * @return the exit code
     * @throws io.smokescreen.api.SmokescreenException if it cannot listen, or cannot tell so to whom it was started by
     */
    @SuppressWarnings("try") // what tells open connections is kept open, and not called
    static int untilStopped(ProxyAssembly assembly) {
        Signals signals = Signals.install();
        Configuration settings = assembly.configuration();
        try (Supervisor supervisor = Supervisor.detect(System.getenv(), ProcessHandle.current());
                Reloads reloads = new Reloads(supervisor);
                FileWatcher watcher =
                        new FileWatcher(assembly.rules().filesAtStart(), () -> reloads.request("a file has changed"));
                MetricExporters exporters = MetricExporters.start(settings)) {
            assembly.rules().beforeReading(watcher::watch);
            signals.onReload(() -> reloads.request("SIGHUP"));
            try (Smokescreen proxy = start(assembly.builder(supervisor.listener(), exporters));
                    Closing tracking = tellOpenConnections(settings, proxy)) {
                StartLine.log(assembly, proxy.address(), supervisor.listener(), exporters.scrapeAddress());
                supervisor.ready("listening on " + StartLine.text(proxy.address()));
                reloads.begin(proxy);
                if (settings.get(OperationSettings.WATCH_FILES)) {
                    watcher.start();
                }
                String signal = signals.awaitStop();
                reloads.close();
                stop(proxy, signal, exitTimeout(settings), supervisor);
            }
            return 0;
        } finally {
            LogConfigurator.flushAndStop();
        }
    }

    private static Smokescreen start(SmokescreenBuilder builder) {
        Smokescreen proxy;
        try {
            proxy = builder.build();
        } catch (IllegalStateException e) { // the settings never exclude each other; what the application adds may
            throw new ConfigurationException(
                    "what the application sets does not go with the settings: " + e.getMessage(), e);
        }
        return proxy.start();
    }

    private static Closing tellOpenConnections(Configuration settings, Smokescreen proxy) {
        int mode = settings.get(OperationSettings.STATS_SOCKET_FILE_MODE);
        long pid = ProcessHandle.current().pid();
        return settings.get(OperationSettings.STATS_SOCKET_DIR)
                .map(directory -> settings.check(
                        OperationSettings.STATS_SOCKET_DIR,
                        () -> StatsSocket.start(directory, mode, pid, proxy::openConnections)))
                .<Closing>map(socket -> socket::close)
                .orElse(() -> {});
    }

    private static void stop(Smokescreen proxy, String signal, Duration deadline, Supervisor supervisor) {
        LOG.atInfo()
                .addKeyValue("signal", signal)
                .addKeyValue("deadline_ms", deadline.toMillis())
                .log("smokescreen stopping");
        supervisor.stopping();
        boolean drained = proxy.stop(deadline);
        LOG.atInfo().addKeyValue("drained", drained).log("smokescreen stopped");
    }

    /** A stop without any wait still needs a moment. */
    private static Duration exitTimeout(Configuration settings) {
        Duration configured = settings.get(ConnectSettings.EXIT_TIMEOUT);
        return configured.toMillis() < 1 ? Duration.ofMillis(1) : configured;
    }
}
