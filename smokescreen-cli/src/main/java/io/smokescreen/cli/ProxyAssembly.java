package io.smokescreen.cli;

import io.smokescreen.LimitOptions;
import io.smokescreen.NextHopOptions;
import io.smokescreen.ProxyProtocolOptions;
import io.smokescreen.ResolverOptions;
import io.smokescreen.Smokescreen;
import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.TimeoutOptions;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.ConnectSettings;
import io.smokescreen.cli.config.ListenSettings;
import io.smokescreen.cli.config.OperationSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.cli.config.ProxyProtocolMode;
import io.smokescreen.cli.supervisor.InheritedListener;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the settings amount to: a builder. What the engine refuses becomes an error that begins with the place of the value. */
final class ProxyAssembly {

    private final Configuration configuration;
    private final Consumer<SmokescreenBuilder> customization;
    private final ConfiguredRules rules;
    private @Nullable NextHopOptions nextHops;

    /**
     * @param configuration the settings
     * @param reader reads them again
     * @param customization what the host application changes
     */
    ProxyAssembly(
            Configuration configuration, Supplier<Configuration> reader, Consumer<SmokescreenBuilder> customization) {
        this.configuration = configuration;
        this.customization = customization;
        this.rules = new ConfiguredRules(configuration, reader);
    }

    Configuration configuration() {
        return configuration;
    }

    /**
     * {@return a builder with every setting, and what the host application changed; measurements go nowhere, and nothing
     * listens for Prometheus, though that port is the process's own already}
     *
     * @throws io.smokescreen.api.ConfigurationException if a value is not valid
     */
    SmokescreenBuilder builder() {
        MetricExporters.check(configuration);
        SmokescreenBuilder builder = fromSettings();
        listen(builder);
        int scrapePort = configuration.get(OperationSettings.PROMETHEUS_PORT);
        if (configuration.get(OperationSettings.EXPOSE_PROMETHEUS) && scrapePort > 0) {
            builder.ownPort(scrapePort);
        }
        customization.accept(builder);
        return builder;
    }

    /** {@return the same, listening on a socket that was handed over, if one was, and measured} */
    SmokescreenBuilder builder(Optional<InheritedListener> inherited, MetricExporters exporters) {
        SmokescreenBuilder builder = fromSettings();
        inherited.ifPresentOrElse(listener -> builder.listenOnDescriptor(listener.descriptor()), () -> listen(builder));
        exporters.addTo(builder);
        customization.accept(builder);
        return builder;
    }

    private void listen(SmokescreenBuilder builder) {
        configuration.check(
                ListenSettings.IP,
                () -> builder.listen(configuration.get(ListenSettings.IP), configuration.get(ListenSettings.PORT)));
    }

    private SmokescreenBuilder fromSettings() {
        SmokescreenBuilder builder = Smokescreen.builder()
                .allowMissingRole(configuration.get(PolicySettings.ALLOW_MISSING_ROLE))
                .denyMessageExtra(configuration.get(PolicySettings.DENY_MESSAGE_EXTRA))
                .rules(rules)
                .resolverOptions(resolverOptions())
                .timeouts(timeouts())
                .limits(limits())
                .nextHops(nextHops())
                .addServerIpHeader(configuration.get(ConnectSettings.ADD_SERVER_IP_HEADER))
                .originTls(InterceptionAssembly.originTls(configuration))
                .timeConnect(configuration.get(OperationSettings.TIME_CONNECT))
                .eventLoopThreads(configuration.get(ListenSettings.EVENT_LOOP_THREADS))
                .transport(configuration.get(ListenSettings.TRANSPORT));
        proxyProtocol().ifPresent(builder::proxyProtocol);
        InterceptionAssembly.mitm(configuration).ifPresent(builder::mitm);
        return builder;
    }

    /** {@return the next hops that the settings and the environment name, whose files are read once} */
    NextHopOptions nextHops() {
        NextHopOptions known = nextHops;
        if (known == null) {
            known = NextHopAssembly.options(configuration, System.getenv());
            nextHops = known;
        }
        return known;
    }

    /** {@return the rules, which can be loaded again} */
    ConfiguredRules rules() {
        return rules;
    }

    private ResolverOptions resolverOptions() {
        return ResolverOptions.servers(configuration.get(ConnectSettings.RESOLVER_ADDRESSES))
                .withTimeout(configuration.get(ConnectSettings.DNS_TIMEOUT))
                .withNetwork(configuration.get(ConnectSettings.NETWORK))
                .withCacheEntries(configuration.get(ConnectSettings.DNS_CACHE_ENTRIES));
    }

    private TimeoutOptions timeouts() {
        return TimeoutOptions.defaults()
                .withConnect(configuration.get(ConnectSettings.CONNECT_TIMEOUT))
                .withReadHeader(configuration.get(ConnectSettings.READ_HEADER_TIMEOUT))
                .withReadRequest(configuration.get(ConnectSettings.READ_TIMEOUT))
                .withWriteResponse(configuration.get(ConnectSettings.WRITE_TIMEOUT))
                .withKeepAlive(configuration.get(ConnectSettings.KEEP_ALIVE_TIMEOUT))
                .withResponse(configuration.get(ConnectSettings.RESPONSE_TIMEOUT))
                .withIdle(configuration.get(ConnectSettings.IDLE_TIMEOUT));
    }

    /** As in Go, 0 is no limit. */
    private LimitOptions limits() {
        LimitOptions limits = LimitOptions.defaults();
        int requests = configuration.get(OperationSettings.MAX_CONCURRENT_REQUESTS);
        if (requests > 0) {
            limits = limits.withMaxConcurrentRequests(requests);
        }
        int tunnels = configuration.get(OperationSettings.MAX_CONCURRENT_TUNNELS);
        if (tunnels > 0) {
            limits = limits.withMaxConcurrentTunnels(tunnels);
        }
        return withRate(withIdleConnections(limits));
    }

    private LimitOptions withIdleConnections(LimitOptions limits) {
        int all = configuration.get(ConnectSettings.MAX_IDLE);
        int perHost = configuration.get(ConnectSettings.MAX_IDLE_PER_HOST);
        LimitOptions result = all > 0 ? limits.withMaxIdleConnections(all) : limits;
        return perHost > 0 ? result.withMaxIdleConnectionsPerHost(perHost) : result;
    }

    private LimitOptions withRate(LimitOptions limits) {
        double rate = configuration.get(OperationSettings.MAX_REQUEST_RATE);
        Optional<Integer> burst = configuration.get(OperationSettings.MAX_REQUEST_BURST);
        if (rate == 0) {
            if (burst.isPresent()) {
                throw configuration.error(
                        OperationSettings.MAX_REQUEST_BURST,
                        "there is no rate to burst from (expected " + OperationSettings.MAX_REQUEST_RATE.flag()
                                + " too, or neither)");
            }
            return limits;
        }
        LimitOptions rated =
                configuration.check(OperationSettings.MAX_REQUEST_RATE, () -> limits.withMaxRequestRate(rate));
        return burst.map(size -> configuration.check(
                        OperationSettings.MAX_REQUEST_BURST, () -> rated.withMaxRequestRate(rate, size)))
                .orElse(rated);
    }

    private Optional<ProxyProtocolOptions> proxyProtocol() {
        List<String> ranges = configuration.get(ListenSettings.PROXY_PROTOCOL_TRUSTED_RANGES);
        Optional<ProxyProtocolOptions> options = switch (proxyProtocolMode()) {
            case OFF -> Optional.empty();
            case OPTIONAL -> Optional.of(ProxyProtocolOptions.optional());
            case REQUIRED -> Optional.of(ProxyProtocolOptions.required());
        };
        if (ranges.isEmpty()) {
            return options;
        }
        return Optional.of(options.map(some -> configuration.check(
                        ListenSettings.PROXY_PROTOCOL_TRUSTED_RANGES, () -> some.withTrustedRanges(ranges)))
                .orElseThrow(() -> configuration.error(
                        ListenSettings.PROXY_PROTOCOL_TRUSTED_RANGES,
                        "PROXY protocol headers are not taken at all (expected " + ListenSettings.PROXY_PROTOCOL.flag()
                                + " too)")));
    }

    private ProxyProtocolMode proxyProtocolMode() {
        boolean required = configuration.get(ListenSettings.PROXY_PROTOCOL);
        ProxyProtocolMode mode = configuration
                .get(ListenSettings.PROXY_PROTOCOL_MODE)
                .orElse(required ? ProxyProtocolMode.REQUIRED : ProxyProtocolMode.OFF);
        if (required && mode != ProxyProtocolMode.REQUIRED) {
            throw configuration.error(
                    ListenSettings.PROXY_PROTOCOL_MODE,
                    "contradicts " + ListenSettings.PROXY_PROTOCOL.flag() + ", which requires a header (expected one of"
                            + " them)");
        }
        return mode;
    }
}
