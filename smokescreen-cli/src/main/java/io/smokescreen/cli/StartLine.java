package io.smokescreen.cli;

import io.smokescreen.Acl;
import io.smokescreen.NextHopOptions;
import io.smokescreen.api.Host;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.ConnectSettings;
import io.smokescreen.cli.config.InterceptionSettings;
import io.smokescreen.cli.config.OperationSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.TlsSettings;
import io.smokescreen.cli.supervisor.InheritedListener;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** The one line at the start that tells where the proxy listens and what it enforces. */
final class StartLine {

    private static final Logger LOG = LoggerFactory.getLogger(StartLine.class);

    private final Configuration settings;
    private final Optional<Acl> acl;
    private final NextHopOptions hops;
    private LoggingEventBuilder event = LOG.atInfo();

    private StartLine(ProxyAssembly assembly) {
        this.settings = assembly.configuration();
        this.acl = assembly.rules().acl();
        this.hops = assembly.nextHops();
    }

    static void log(
            ProxyAssembly assembly,
            InetSocketAddress address,
            Optional<InheritedListener> inherited,
            Optional<InetSocketAddress> prometheus) {
        StartLine line = new StartLine(assembly);
        line.with("listen_address", text(address))
                .with("listener", inherited.map(InheritedListener::origin).orElse("own"))
                .with("config_file", textOf(line.settings.file()));
        line.policy();
        line.with("resolver", resolver(line.settings.get(ConnectSettings.RESOLVER_ADDRESSES)))
                .millis("connect_timeout_ms", ConnectSettings.CONNECT_TIMEOUT)
                .millis("dns_timeout_ms", ConnectSettings.DNS_TIMEOUT)
                .with("prometheus_address", prometheus.map(StartLine::text).orElse("none"))
                .with("statsd_address", textOf(line.settings.get(OperationSettings.STATSD_ADDRESS)))
                .with("version", Version.text())
                .with("pid", ProcessHandle.current().pid());
        line.event.log("smokescreen listening");
    }

    private void policy() {
        with("tls", settings.get(TlsSettings.CERT_FILE).isPresent())
                .with("acl_file", textOf(settings.get(PolicySettings.ACL_FILE)))
                .with("allow_missing_role", settings.get(PolicySettings.ALLOW_MISSING_ROLE))
                .with(
                        "address_policy",
                        settings.get(PolicySettings.ADDRESS_POLICY).name().toLowerCase(Locale.ROOT))
                .with("allow_rules", count(PolicySettings.ALLOW_RANGES, PolicySettings.ALLOW_ADDRESSES))
                .with("deny_rules", count(PolicySettings.DENY_RANGES, PolicySettings.DENY_ADDRESSES))
                .with("unsafe_allow_private_ranges", settings.get(PolicySettings.UNSAFE_ALLOW_PRIVATE_RANGES))
                .with("next_hop_http", textOf(hops.http()))
                .with("next_hop_https", textOf(hops.https()))
                .with("mitm", settings.get(InterceptionSettings.CA_CERT_FILE).isPresent())
                .with(
                        "mitm_domains",
                        acl.map(rules -> rules.summary().mitmDomains()).orElse(0));
    }

    private int count(Setting<List<String>> ranges, Setting<List<String>> addresses) {
        return settings.get(ranges).size() + settings.get(addresses).size();
    }

    private StartLine with(String name, Object value) {
        event = event.addKeyValue(name, value);
        return this;
    }

    private StartLine millis(String name, Setting<java.time.Duration> setting) {
        return with(name, settings.get(setting).toMillis());
    }

    private static String textOf(Optional<?> value) {
        return value.map(Object::toString).orElse("none");
    }

    private static String resolver(List<InetSocketAddress> servers) {
        return servers.isEmpty()
                ? "system"
                : servers.stream().map(StartLine::text).collect(Collectors.joining(","));
    }

    static String text(InetSocketAddress address) {
        String ip = Host.of(address.getAddress()).text();
        return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + address.getPort();
    }
}
