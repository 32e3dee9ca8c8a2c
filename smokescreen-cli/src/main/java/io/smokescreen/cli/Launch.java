package io.smokescreen.cli;

import io.smokescreen.Smokescreen;
import io.smokescreen.api.Host;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.ConnectSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.cli.logging.LogConfigurator;
import io.smokescreen.cli.supervisor.InheritedListener;
import io.smokescreen.cli.supervisor.Supervisor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of the process: start, one line that says what holds, a signal, a graceful stop. */
final class Launch {

    private Launch() {}

    /**
     * Runs the proxy until a signal ends it.
     *
     * @return the exit code
     * @throws io.smokescreen.api.SmokescreenException if it cannot listen, or cannot tell so to whom it was started by
     */
    static int untilStopped(ProxyAssembly assembly) {
        StopSignals signals = StopSignals.install();
        try (Supervisor supervisor = Supervisor.detect(System.getenv(), ProcessHandle.current());
                Smokescreen proxy = assembly.builder(supervisor.listener()).start()) {
            Logger log = LoggerFactory.getLogger(Launch.class);
            logListening(log, assembly.configuration(), proxy.address(), supervisor);
            supervisor.ready("listening on " + text(proxy.address()));
            Duration deadline = exitTimeout(assembly.configuration());
            String signal = signals.await();
            log.atInfo()
                    .addKeyValue("signal", signal)
                    .addKeyValue("deadline_ms", deadline.toMillis())
                    .log("smokescreen stopping");
            supervisor.stopping();
            boolean drained = proxy.stop(deadline);
            log.atInfo().addKeyValue("drained", drained).log("smokescreen stopped");
            return 0;
        } finally {
            LogConfigurator.flushAndStop();
        }
    }

    /** A stop without any wait still needs a moment. */
    private static Duration exitTimeout(Configuration settings) {
        Duration configured = settings.get(ConnectSettings.EXIT_TIMEOUT);
        return configured.toMillis() < 1 ? Duration.ofMillis(1) : configured;
    }

    private static void logListening(
            Logger log, Configuration settings, InetSocketAddress address, Supervisor supervisor) {
        log.atInfo()
                .addKeyValue("listen_address", text(address))
                .addKeyValue(
                        "listener",
                        supervisor.listener().map(InheritedListener::origin).orElse("own"))
                .addKeyValue(
                        "config_file", settings.file().map(Object::toString).orElse("none"))
                .addKeyValue(
                        "acl_file",
                        settings.get(PolicySettings.ACL_FILE)
                                .map(Object::toString)
                                .orElse("none"))
                .addKeyValue("allow_missing_role", settings.get(PolicySettings.ALLOW_MISSING_ROLE))
                .addKeyValue(
                        "address_policy",
                        settings.get(PolicySettings.ADDRESS_POLICY).name().toLowerCase(Locale.ROOT))
                .addKeyValue(
                        "allow_rules",
                        settings.get(PolicySettings.ALLOW_RANGES).size()
                                + settings.get(PolicySettings.ALLOW_ADDRESSES).size())
                .addKeyValue(
                        "deny_rules",
                        settings.get(PolicySettings.DENY_RANGES).size()
                                + settings.get(PolicySettings.DENY_ADDRESSES).size())
                .addKeyValue("unsafe_allow_private_ranges", settings.get(PolicySettings.UNSAFE_ALLOW_PRIVATE_RANGES))
                .addKeyValue("resolver", resolver(settings.get(ConnectSettings.RESOLVER_ADDRESSES)))
                .addKeyValue(
                        "connect_timeout_ms",
                        settings.get(ConnectSettings.CONNECT_TIMEOUT).toMillis())
                .addKeyValue(
                        "dns_timeout_ms",
                        settings.get(ConnectSettings.DNS_TIMEOUT).toMillis())
                .addKeyValue("version", Version.text())
                .addKeyValue("pid", ProcessHandle.current().pid())
                .log("smokescreen listening");
    }

    private static String resolver(List<InetSocketAddress> servers) {
        return servers.isEmpty() ? "system" : servers.stream().map(Launch::text).collect(Collectors.joining(","));
    }

    private static String text(InetSocketAddress address) {
        String ip = Host.of(address.getAddress()).text();
        return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + address.getPort();
    }
}
