package io.smokescreen.cli;

import io.smokescreen.Acl;
import io.smokescreen.Smokescreen;
import io.smokescreen.cli.logging.LogConfigurator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of the process: start, one line that says what holds, a signal, a graceful stop. */
final class Launch {

    /** How long tunnels may go on after the first signal. */
    static final Duration STOP_DEADLINE = Duration.ofSeconds(30);

    private Launch() {}

    /**
     * Runs the proxy until a signal ends it.
     *
     * @return the exit code
     * @throws io.smokescreen.api.SmokescreenException if it cannot listen
     */
    static int untilStopped(ProxyAssembly assembly) {
        StopSignals signals = StopSignals.install();
        try (Smokescreen proxy = assembly.builder().start()) {
            Logger log = LoggerFactory.getLogger(Launch.class);
            for (String warning : assembly.acl().map(Acl::warnings).orElse(List.of())) {
                log.warn(warning);
            }
            logListening(log, assembly.flags(), proxy.address());
            String signal = signals.await();
            log.atInfo()
                    .addKeyValue("signal", signal)
                    .addKeyValue("deadline_ms", STOP_DEADLINE.toMillis())
                    .log("smokescreen stopping");
            boolean drained = proxy.stop(STOP_DEADLINE);
            log.atInfo().addKeyValue("drained", drained).log("smokescreen stopped");
            return 0;
        } finally {
            LogConfigurator.flushAndStop();
        }
    }

    private static void logListening(Logger log, SmokescreenCommand flags, InetSocketAddress address) {
        SmokescreenCommand.Addresses rules = flags.addresses;
        log.atInfo()
                .addKeyValue("listen_address", text(address))
                .addKeyValue(
                        "acl_file", flags.access.aclFile.map(Object::toString).orElse("none"))
                .addKeyValue("allow_missing_role", flags.access.allowMissingRole)
                .addKeyValue("address_policy", rules.policy.name().toLowerCase(Locale.ROOT))
                .addKeyValue("allow_rules", rules.allowRanges.size() + rules.allowAddresses.size())
                .addKeyValue("deny_rules", rules.denyRanges.size() + rules.denyAddresses.size())
                .addKeyValue("unsafe_allow_private_ranges", rules.unsafeAllowPrivateRanges)
                .addKeyValue("resolver", resolver(flags.connecting))
                .addKeyValue("connect_timeout_ms", flags.connecting.timeout.toMillis())
                .addKeyValue("dns_timeout_ms", flags.connecting.dnsTimeout.toMillis())
                .addKeyValue("version", Version.text())
                .addKeyValue("pid", ProcessHandle.current().pid())
                .log("smokescreen listening");
    }

    private static String resolver(SmokescreenCommand.Connecting flags) {
        return flags.resolvers.isEmpty()
                ? "system"
                : flags.resolvers.stream().map(Launch::text).collect(Collectors.joining(","));
    }

    private static String text(InetSocketAddress address) {
        String ip = io.smokescreen.api.Host.of(address.getAddress()).text();
        return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + address.getPort();
    }
}
