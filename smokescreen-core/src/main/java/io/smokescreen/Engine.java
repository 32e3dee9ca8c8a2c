package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.smokescreen.api.Resolver;
import io.smokescreen.internal.address.AddressFamilies;
import io.smokescreen.internal.address.AddressVetting;
import io.smokescreen.internal.address.DnsResolver;
import io.smokescreen.internal.address.SelfConnections;
import io.smokescreen.internal.exchange.Advisers;
import io.smokescreen.internal.exchange.DryRun;
import io.smokescreen.internal.exchange.GuardedHealthCheck;
import io.smokescreen.internal.exchange.Hooks;
import io.smokescreen.internal.exchange.NextHops;
import io.smokescreen.internal.exchange.PolicyCalls;
import io.smokescreen.internal.exchange.Stages;
import io.smokescreen.internal.exchange.Waits;
import io.smokescreen.internal.limit.ConcurrencyLimit;
import io.smokescreen.internal.limit.Limits;
import io.smokescreen.internal.limit.RateLimit;
import io.smokescreen.internal.listener.ClientPipeline;
import io.smokescreen.internal.listener.IoTransport;
import io.smokescreen.internal.listener.ListeningSocket;
import io.smokescreen.internal.listener.ProxyServer;
import io.smokescreen.internal.mitm.HostContexts;
import io.smokescreen.internal.mitm.MitmCertificates;
import io.smokescreen.internal.tls.UpstreamTls;
import io.smokescreen.internal.track.GuardedMetricsSink;
import io.smokescreen.internal.track.Tracker;
import io.smokescreen.internal.upstream.Connector;
import io.smokescreen.internal.upstream.Dialer;
import io.smokescreen.internal.upstream.GuardedSocketDialer;
import io.smokescreen.internal.upstream.IdleConnections;
import io.smokescreen.internal.upstream.IdleLimits;
import io.smokescreen.internal.upstream.NextHopHooks;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Puts the parts of a proxy together as the builder says: what decides at once, what needs threads when it starts. */
final class Engine {

    private static final int REFRESH_OWN_ADDRESSES_SECONDS = 10;
    private static final int MEASURE_REVOCATION_LISTS_SECONDS = 60;

    /** As often as an agent of statsd passes gauges on, and more often than Prometheus asks. */
    private static final int REPORT_HOSTS_SECONDS = 10;

    private final InetSocketAddress listenAddress;
    private final @Nullable Integer listenDescriptor;
    private final Transport transport;
    private final int eventLoopThreads;
    private final @Nullable ProxyProtocolOptions proxyProtocol;
    private final TimeoutOptions timeouts;
    private final LimitOptions limits;
    private final ResolverOptions resolverOptions;
    private final @Nullable Resolver resolver;
    private final @Nullable Executor policyExecutor;
    private final String denyMessageExtra;
    private final GuardedHealthCheck healthCheck;
    private final Hooks hooks;
    private final NextHops nextHops;
    private final NextHopHooks nextHopHooks;
    private final UpstreamTls nextHopTls;
    private final @Nullable GuardedSocketDialer socketDialer;
    private final @Nullable HostContexts mitm;
    private final UpstreamTls originTls;

    private final GuardedMetricsSink metrics;
    private final Tracker tracker;
    private final SelfConnections self = new SelfConnections();
    private final LiveRules rules;

    private volatile boolean draining;

    Engine(SmokescreenBuilder builder) {
        this.listenAddress = builder.listenAddress;
        this.listenDescriptor = builder.listenDescriptor;
        this.transport = builder.transport;
        this.eventLoopThreads = builder.eventLoopThreads;
        this.proxyProtocol = builder.proxyProtocol;
        this.timeouts = builder.timeouts;
        this.limits = builder.limits;
        this.resolverOptions = builder.resolverOptions;
        this.resolver = builder.resolver;
        this.policyExecutor = builder.policyExecutor;
        this.denyMessageExtra = builder.denyMessageExtra;
        this.healthCheck = new GuardedHealthCheck(builder.healthCheck);
        this.nextHops = builder.nextHops.toNextHops();
        this.nextHopHooks = builder.nextHops.toHooks();
        this.nextHopTls = builder.nextHops.newTls();
        this.hooks = Guards.hooks(builder);
        this.socketDialer = Guards.socketDialer(builder);
        this.mitm = builder.mitm == null ? null : builder.mitm.newContexts();
        this.originTls = builder.originTls.newTls();
        this.metrics = new GuardedMetricsSink(builder.metricsSink);
        this.tracker = new Tracker(metrics, builder.timeConnect, Guards.eventListener(builder, metrics));
        builder.ownPorts.forEach(self::listensOn);
        if (listenDescriptor == null && listenAddress.getPort() != 0) {
            self.listensOn(listenAddress.getPort()); // decisions are asked for before the start, too
        }
        RulesCompiler compiler = new RulesCompiler(
                builder.roleExtractor, builder.allowMissingRole, mitm != null, self, builder.addressFilter);
        this.rules = builder.rulesSource == null
                ? LiveRules.fixed(builder.fixedRules(), compiler, metrics)
                : LiveRules.from(builder.rulesSource, compiler, metrics);
    }

    /** {@return the decisions without a socket} */
    Policy policy() {
        return new DryRunPolicy(rules::ruleset, hooks, nextHops);
    }

    /** {@return decisions with look-ups, to be closed} */
    Explanations explanations() {
        IoTransport io = ioTransport();
        MultiThreadIoEventLoopGroup loop =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("smokescreen-explain", true), io.loops());
        try {
            List<DnsResolver> own = resolver == null ? List.of(dnsResolver(io, loop)) : List.of();
            AddressVetting vetting = vetting(own.isEmpty() ? requireNonNull(resolver) : own.get(0));
            return new Explanations(
                    loop,
                    own,
                    advisers -> new DryRun(rules.ruleset(), hooks, nextHops, advisers),
                    each -> Advisers.asOnASocket(policyCalls(), vetting, each));
        } catch (RuntimeException e) {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw e;
        }
    }

    /** Replaces the rules. Calls must not overlap. */
    ReloadReport reload() {
        return rules.reload();
    }

    List<ConnectionSnapshot> openConnections() {
        return tracker.open().stream().map(ConnectionSnapshot::of).toList();
    }

    long metricsFailures() {
        return metrics.failures();
    }

    /** Starts threads and listens; if anything fails nothing is left behind. */
    RunningEngine start() {
        draining = false; // an earlier start that failed has left it on
        IoTransport io = ioTransport();
        int threads =
                eventLoopThreads > 0 ? eventLoopThreads : Runtime.getRuntime().availableProcessors();
        MultiThreadIoEventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("smokescreen"), io.loops());
        ScheduledExecutorService housekeeping =
                Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("smokescreen-housekeeping", true));
        RunningEngine running = new RunningEngine(loops, housekeeping, timeouts.idle(), () -> draining = true);
        try {
            ClientPipeline pipeline = new ClientPipeline(
                    stages(io, running),
                    shorter(timeouts.readHeader(), timeouts.readRequest()),
                    timeouts.keepAlive(),
                    proxyProtocol == null ? null : proxyProtocol.toProtocol(),
                    rules::tls,
                    metrics);
            ListeningSocket socket = listenDescriptor == null
                    ? ListeningSocket.toBind(listenAddress, io)
                    : ListeningSocket.inherited(listenDescriptor, io);
            self.listensOn(socket.port()); // before the first request; a port chosen for us is known only after
            ProxyServer server = ProxyServer.listen(socket, loops, pipeline, tracker);
            self.listensOn(server.address().getPort());
            keepHouse(housekeeping);
            running.serve(server);
            rules.measureAge();
            return running;
        } catch (RuntimeException e) {
            running.close();
            throw e;
        }
    }

    private void keepHouse(ScheduledExecutorService housekeeping) {
        housekeeping.scheduleWithFixedDelay(
                self::refresh, REFRESH_OWN_ADDRESSES_SECONDS, REFRESH_OWN_ADDRESSES_SECONDS, TimeUnit.SECONDS);
        housekeeping.scheduleWithFixedDelay(tracker::reportHosts, 0, REPORT_HOSTS_SECONDS, TimeUnit.SECONDS);
        housekeeping.scheduleWithFixedDelay(
                this::measureRevocationLists, 0, MEASURE_REVOCATION_LISTS_SECONDS, TimeUnit.SECONDS);
    }

    private void measureRevocationLists() {
        rules.tls().ifPresent(context -> context.measureRevocationLists(metrics));
    }

    private Stages stages(IoTransport io, RunningEngine running) {
        AddressVetting vetting =
                vetting(resolver == null ? running.closeLater(dnsResolver(io, running.loops())) : resolver);
        Map<EventExecutor, IdleConnections> idle = new HashMap<>();
        IdleLimits idleLimits = new IdleLimits(limits.maxIdleConnections(), limits.maxIdleConnectionsPerHost());
        running.loops().forEach(loop -> idle.put(loop, new IdleConnections(idleLimits)));
        return new Stages(
                limits(),
                policyCalls(),
                rules::ruleset,
                hooks,
                nextHops,
                vetting,
                connector(io),
                loop -> requireNonNull(idle.get(loop)),
                tracker,
                new Waits(
                        timeouts.connect(),
                        timeouts.readRequest(),
                        timeouts.writeResponse(),
                        shorter(timeouts.response(), timeouts.idle()),
                        timeouts.idle()),
                denyMessageExtra,
                healthCheck,
                mitm == null
                        ? null
                        : running.closeLater(new MitmCertificates(mitm, MitmOptions.MAX_CACHED_CERTIFICATES)),
                () -> draining);
    }

    private Connector connector(IoTransport io) {
        Dialer dialer = socketDialer == null
                ? new Dialer(io.sockets(), timeouts.connect())
                : new Dialer(socketDialer, timeouts.connect());
        return new Connector(dialer, timeouts.connect(), originTls, nextHopTls, nextHopHooks);
    }

    private AddressVetting vetting(Resolver lookups) {
        return new AddressVetting(lookups, resolverOptions.timeout(), policyExecutor, timeouts.policy());
    }

    private PolicyCalls policyCalls() {
        return new PolicyCalls(policyExecutor, timeouts.policy());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Limits limits() {
        RateLimit rate = limits.maxRequestRate().isEmpty()
                ? RateLimit.unlimited()
                : RateLimit.of(limits.maxRequestRate().getAsDouble(), limits.effectiveBurst(), System::nanoTime);
        ConcurrencyLimit requests = new ConcurrencyLimit(limits.maxConcurrentRequests(), tracker::requestsInWork);
        ConcurrencyLimit tunnels = new ConcurrencyLimit(limits.maxConcurrentTunnels(), open -> {});
        return new Limits(rate, requests, tunnels);
    }

    private DnsResolver dnsResolver(IoTransport io, MultiThreadIoEventLoopGroup loops) {
        AddressFamilies families = switch (resolverOptions.network()) {
            case IP -> AddressFamilies.IPV4_AND_IPV6;
            case IP4 -> AddressFamilies.IPV4;
            case IP6 -> AddressFamilies.IPV6;
        };
        DnsResolver.Settings settings = new DnsResolver.Settings(
                resolverOptions.servers(),
                resolverOptions.timeout(),
                families,
                resolverOptions.cacheEntries(),
                ResolverOptions.MAX_CACHED_SECONDS);
        return new DnsResolver(settings, loops, io.datagrams(), io.plainSockets());
    }

    private IoTransport ioTransport() {
        return switch (transport) {
            case AUTO -> socketDialer == null ? IoTransport.best() : IoTransport.nio();
            case NIO -> IoTransport.nio();
            case EPOLL -> IoTransport.epoll();
        };
    }
}
