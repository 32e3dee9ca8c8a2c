package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.AclPolicy;
import io.smokescreen.api.AddressFilter;
import io.smokescreen.api.Destination;
import io.smokescreen.api.EgressListener;
import io.smokescreen.api.HealthCheck;
import io.smokescreen.api.MetricsSink;
import io.smokescreen.api.RequestGate;
import io.smokescreen.api.Resolver;
import io.smokescreen.api.ResponseDecorator;
import io.smokescreen.api.RoleExtractor;
import io.smokescreen.api.SocketDialer;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Assembles a proxy. Each setter checks its value, {@link #build()} checks how they go together; the builder can be used
 * again afterwards.
 *
 * <p>Thread safety: use it from one thread at a time.
 */
public final class SmokescreenBuilder {

    /** Default of {@link #listen}: every IPv4 and IPv6 interface. */
    public static final String DEFAULT_LISTEN_IP = "::";

    /** Default port of {@link #listen}: {@value}. */
    public static final int DEFAULT_LISTEN_PORT = 4750;

    /** Default of {@link #eventLoopThreads}: one for each processor. */
    public static final int DEFAULT_EVENT_LOOP_THREADS = 0;

    static final InetSocketAddress DEFAULT_LISTEN_ADDRESS = ListenAddress.of(DEFAULT_LISTEN_IP, DEFAULT_LISTEN_PORT);
    private static final int FIRST_INHERITABLE_DESCRIPTOR = 3;

    final Set<Integer> ownPorts = new HashSet<>();
    InetSocketAddress listenAddress = DEFAULT_LISTEN_ADDRESS;

    @Nullable
    Integer listenDescriptor;

    @Nullable
    RoleExtractor roleExtractor;

    boolean allowMissingRole;

    @Nullable
    AclPolicy aclPolicy;

    AddressRules addressRules = AddressRules.defaults();

    @Nullable
    AddressFilter addressFilter;

    @Nullable
    Resolver resolver;

    ResolverOptions resolverOptions = ResolverOptions.system();
    MetricsSink metricsSink = MetricsSink.noop();

    @Nullable
    Executor policyExecutor;

    TimeoutOptions timeouts = TimeoutOptions.defaults();
    LimitOptions limits = LimitOptions.defaults();
    boolean timeConnect;
    HealthCheck healthCheck = HealthCheck.serving();

    @Nullable
    RequestGate requestGate;

    NextHopOptions nextHops = NextHopOptions.defaults();

    @Nullable
    ResponseDecorator acceptedDecorator;

    @Nullable
    ResponseDecorator rejectedDecorator;

    boolean addServerIpHeader;

    @Nullable
    SocketDialer socketDialer;

    @Nullable
    EgressListener eventListener;

    @Nullable
    ProxyProtocolOptions proxyProtocol;

    @Nullable
    TlsOptions tls;

    OriginTlsOptions originTls = OriginTlsOptions.systemTrust();

    @Nullable
    MitmOptions mitm;

    @Nullable
    RulesSource rulesSource;

    String denyMessageExtra = "";
    int eventLoopThreads = DEFAULT_EVENT_LOOP_THREADS;
    Transport transport = Transport.AUTO;

    SmokescreenBuilder() {}

    /**
     * Sets where clients connect to. Default: {@value #DEFAULT_LISTEN_IP}, port {@value #DEFAULT_LISTEN_PORT}.
     *
     * @param ip an address of this machine; {@code ::} for every interface, {@code 0.0.0.0} for every IPv4 one
     * @param port 1 to 65535, or 0 for a free one ({@link Smokescreen#address()} tells which)
     * @return this
     * @throws IllegalArgumentException if the address is not an IP address or the port is out of range
     */
    public SmokescreenBuilder listen(String ip, int port) {
        this.listenAddress = ListenAddress.of(ip, port);
        return this;
    }

    /**
     * Makes the proxy listen on a TCP socket that another process has bound and handed over, instead of on an address:
     * Einhorn, systemd's socket activation. Its address and backlog are what they are; it is made non-blocking, for everyone
     * who shares it. A proxy that has started owns the descriptor and closes it when it stops;
     * copies in other processes go on listening, so that no connection is refused meanwhile. Linux with the epoll transport
     * only; anything else, and a descriptor that is no listening TCP socket, is an error at the start.
     *
     * @param descriptor the number of the descriptor, from 3 on (before are the standard streams)
     * @return this
     * @throws IllegalArgumentException if the number is below 3
     */
    public SmokescreenBuilder listenOnDescriptor(int descriptor) {
        if (descriptor < FIRST_INHERITABLE_DESCRIPTOR) {
            throw new IllegalArgumentException("listenOnDescriptor is " + descriptor + " (expected 3 or more)");
        }
        this.listenDescriptor = descriptor;
        return this;
    }

    /**
     * Names a further port of this process, such as one for metrics. As with the port that clients connect to, no request
     * reaches it through the proxy, whatever a rule allows. Default: none. May be called several times.
     *
     * @param port 1 to 65535
     * @return this
     * @throws IllegalArgumentException if the port is out of range
     */
    public SmokescreenBuilder ownPort(int port) {
        if (port < 1 || port > Destination.MAX_PORT) {
            throw new IllegalArgumentException("own port " + port + " (expected 1 to " + Destination.MAX_PORT + ")");
        }
        ownPorts.add(port);
        return this;
    }

    /**
     * Sets who tells a client's role. Default: the common name of the client's certificate. Must be thread-safe and
     * return immediately (no remote calls), unless there is a {@link #policyExecutor}.
     *
     * @param value the extractor
     * @return this
     */
    public SmokescreenBuilder roleExtractor(RoleExtractor value) {
        this.roleExtractor = requireNonNull(value, "roleExtractor");
        return this;
    }

    /**
     * Sets whether a client without a role is judged by the ACL's default rule instead of being denied. Default: denied.
     *
     * @param value true to allow missing roles
     * @return this
     */
    public SmokescreenBuilder allowMissingRole(boolean value) {
        this.allowMissingRole = value;
        return this;
    }

    /**
     * Sets who decides which role may reach which host. Default: no ACL; then no role is needed and every host is allowed
     * whose address is. Must be thread-safe and return immediately (no remote calls), unless there is a
     * {@link #policyExecutor}.
     *
     * @param value the policy, for example {@link Acl#fromYaml}
     * @return this
     */
    public SmokescreenBuilder aclPolicy(AclPolicy value) {
        this.aclPolicy = requireNonNull(value, "aclPolicy");
        return this;
    }

    /**
     * Sets the rules that addresses are judged by. Default: {@link AddressRules#defaults()}.
     *
     * @param value the rules
     * @return this
     */
    public SmokescreenBuilder addressRules(AddressRules value) {
        this.addressRules = requireNonNull(value, "addressRules");
        return this;
    }

    /**
     * Replaces the address rules by a filter of the application. The proxy's own addresses are still refused before the
     * filter is asked. Must be thread-safe and return immediately (no remote calls), unless there is a
     * {@link #policyExecutor}.
     *
     * @param value the filter
     * @return this
     */
    public SmokescreenBuilder addressFilter(AddressFilter value) {
        this.addressFilter = requireNonNull(value, "addressFilter");
        return this;
    }

    /**
     * Replaces the built-in DNS client. {@link ResolverOptions#timeout()} still limits each lookup. Must be thread-safe and
     * return immediately.
     *
     * @param value the resolver
     * @return this
     */
    public SmokescreenBuilder resolver(Resolver value) {
        this.resolver = requireNonNull(value, "resolver");
        return this;
    }

    /**
     * Sets how names are resolved. Default: {@link ResolverOptions#system()}.
     *
     * @param value the options
     * @return this
     */
    public SmokescreenBuilder resolverOptions(ResolverOptions value) {
        this.resolverOptions = requireNonNull(value, "resolverOptions");
        return this;
    }

    /**
     * Sets who has the last word on requests that the ACL allowed, before anything is resolved. Default: nobody. Must be
     * thread-safe and return immediately (no remote calls), unless there is a {@link #policyExecutor}. It is asked for
     * decisions without a socket too ({@link Policy}, {@link Smokescreen#explain}).
     *
     * <pre>{@code
     * builder.requestGate(request ->
     *         frozen.contains(request.role().orElse("")) ? Optional.of("the service is frozen") : Optional.empty());
     * }</pre>
     *
     * @param value the gate
     * @return this
     */
    public SmokescreenBuilder requestGate(RequestGate value) {
        this.requestGate = requireNonNull(value, "requestGate");
        return this;
    }

    /**
     * Sets who adds header fields to the responses of requests that were accepted: to the 200 of a CONNECT, and to the final
     * response of other requests. Default: nobody. Must be thread-safe and return immediately (no remote calls).
     *
     * <pre>{@code
     * builder.decorateAccepted((request, response) -> Map.of("X-Request-Id", request.id()));
     * }</pre>
     *
     * @param value the decorator; if it fails, the request is refused with 500 and {@code internal-error} before any part of the
     *     response was sent
     * @return this
     */
    public SmokescreenBuilder decorateAccepted(ResponseDecorator value) {
        this.acceptedDecorator = requireNonNull(value, "decorateAccepted");
        return this;
    }

    /**
     * Sets who adds header fields to refusals of well-formed requests. Default: nobody. Must be thread-safe and return
     * immediately (no remote calls).
     *
     * <pre>{@code
     * builder.decorateRejected((request, response) ->
     *         Map.of("X-Help", "https://wiki.example.com/egress#" + response.errorCode()));
     * }</pre>
     *
     * @param value the decorator; if it fails, the refusal goes out as it is
     * @return this
     */
    public SmokescreenBuilder decorateRejected(ResponseDecorator value) {
        this.rejectedDecorator = requireNonNull(value, "decorateRejected");
        return this;
    }

    /**
     * Sets whether the responses of accepted requests tell the address that the proxy is connected to, in {@code X-Server-Ip}:
     * the 200 of a CONNECT, and the final response of other requests, where it replaces what the origin sent under that name. The
     * 200 of a CONNECT that is looked into has none, as nothing is connected yet; the responses inside have it. Through a next hop
     * it is the hop's address. Default: they do not.
     *
     * @param value true to tell it
     * @return this
     */
    public SmokescreenBuilder addServerIpHeader(boolean value) {
        this.addServerIpHeader = value;
        return this;
    }

    /**
     * Sets who opens the TCP connections to destinations and next hops. Default: the proxy itself. Must be thread-safe and
     * return immediately (no remote calls). With a dialer the transport is {@link Transport#NIO}, whatever {@code AUTO} would
     * choose.
     *
     * <pre>{@code
     * builder.socketDialer(address -> CompletableFuture.supplyAsync(() -> connectFromSecondAddress(address), pool));
     * }</pre>
     *
     * @param value the dialer; a channel that is connected to another address than the one asked for is closed unused, and so
     *     is one that comes later than {@link TimeoutOptions#connect()}
     * @return this
     */
    public SmokescreenBuilder socketDialer(SocketDialer value) {
        this.socketDialer = requireNonNull(value, "socketDialer");
        return this;
    }

    /**
     * Sets who is told of each decision and of the end of each connection, as values instead of log lines. Default: nobody.
     * Must be thread-safe and return immediately (no remote calls).
     *
     * <pre>{@code
     * builder.eventListener(event -> {
     *     if (!events.offer(event)) { // a bounded queue that a thread of the application empties
     *         lost.increment();
     *     }
     * });
     * }</pre>
     *
     * @param value the listener; what it throws is counted in {@link io.smokescreen.api.Metric#LISTENER_FAILURES} and reaches no
     *     request
     * @return this
     */
    public SmokescreenBuilder eventListener(EgressListener value) {
        this.eventListener = requireNonNull(value, "eventListener");
        return this;
    }

    /**
     * Sets where measurements go. Default: nowhere. Must be thread-safe and return immediately (no remote calls).
     *
     * @param value the sink
     * @return this
     */
    public SmokescreenBuilder metricsSink(MetricsSink value) {
        this.metricsSink = requireNonNull(value, "metricsSink");
        return this;
    }

    /**
     * Sets where role extractor, ACL policy, request gate, next hop selector and address filter run, for those that block.
     * Default: on the event loop. An answer later than {@link TimeoutOptions#policy()} is a denial. The proxy never shuts the
     * executor down.
     *
     * @param value the executor
     * @return this
     */
    public SmokescreenBuilder policyExecutor(Executor value) {
        this.policyExecutor = requireNonNull(value, "policyExecutor");
        return this;
    }

    /**
     * Sets whether {@link io.smokescreen.api.Metric#CONNECTION_TIME} is measured for each connection. Default: it is not.
     *
     * @param value true to measure it
     * @return this
     */
    public SmokescreenBuilder timeConnect(boolean value) {
        this.timeConnect = value;
        return this;
    }

    /**
     * Sets who answers {@code GET /healthcheck}. Default: {@link HealthCheck#serving()}. Must be thread-safe and return
     * immediately (no remote calls).
     *
     * @param value the health check
     * @return this
     */
    public SmokescreenBuilder healthCheck(HealthCheck value) {
        this.healthCheck = requireNonNull(value, "healthCheck");
        return this;
    }

    /**
     * Sets how long the proxy waits for what. Default: {@link TimeoutOptions#defaults()}.
     *
     * @param value the timeouts
     * @return this
     */
    public SmokescreenBuilder timeouts(TimeoutOptions value) {
        this.timeouts = requireNonNull(value, "timeouts");
        return this;
    }

    /**
     * Sets how much the proxy does at once, and how often. Default: {@link LimitOptions#defaults()}.
     *
     * @param value the limits
     * @return this
     */
    public SmokescreenBuilder limits(LimitOptions value) {
        this.limits = requireNonNull(value, "limits");
        return this;
    }

    /**
     * Has connections begin with a PROXY protocol header. Default: none, what a client sends first is TLS or HTTP.
     *
     * @param value whether each connection needs one, and who may send it
     * @return this
     */
    public SmokescreenBuilder proxyProtocol(ProxyProtocolOptions value) {
        this.proxyProtocol = requireNonNull(value, "proxyProtocol");
        return this;
    }

    /**
     * Sets which external proxies traffic is passed on to. Default: {@link NextHopOptions#defaults()}.
     *
     * @param value the options
     * @return this
     */
    public SmokescreenBuilder nextHops(NextHopOptions value) {
        this.nextHops = requireNonNull(value, "nextHops");
        return this;
    }

    /**
     * Sets TLS towards clients. Default: none, clients connect in the clear.
     *
     * @param value certificate and client authorities
     * @return this
     */
    public SmokescreenBuilder tls(TlsOptions value) {
        this.tls = requireNonNull(value, "tls");
        return this;
    }

    /**
     * Sets in whose name the proxy looks inside of TLS, for the hosts that the ACL's {@code mitm_domains} name. Default: none;
     * requests for such hosts are denied.
     *
     * @param value the authority
     * @return this
     */
    public SmokescreenBuilder mitm(MitmOptions value) {
        this.mitm = requireNonNull(value, "mitm");
        return this;
    }

    /**
     * Sets TLS towards origins, where the proxy speaks it itself. Default: {@link OriginTlsOptions#systemTrust()}.
     *
     * @param value whose certificates to trust
     * @return this
     */
    public SmokescreenBuilder originTls(OriginTlsOptions value) {
        this.originTls = requireNonNull(value, "originTls");
        return this;
    }

    /**
     * Sets where ACL, address rules and TLS are loaded from, instead of setting them one by one: at {@link #build()}, and
     * again at each {@link Smokescreen#reload()}. Default: none, they stay what they were set to.
     *
     * <pre>{@code
     * Smokescreen proxy = Smokescreen.builder()
     *         .rules(() -> Rules.defaults().withAclPolicy(Acl.fromYaml(Path.of("acl.yaml"))))
     *         .start();
     * proxy.reload(); // after acl.yaml was replaced
     * }</pre>
     *
     * @param source loads the rules; it may block
     * @return this
     */
    public SmokescreenBuilder rules(RulesSource source) {
        this.rulesSource = requireNonNull(source, "source");
        return this;
    }

    /**
     * Sets a text that follows the message of each denial, after an empty line, to tell people where to ask. Default: the
     * empty string, nothing.
     *
     * @param value the text
     * @return this
     */
    public SmokescreenBuilder denyMessageExtra(String value) {
        this.denyMessageExtra = requireNonNull(value, "denyMessageExtra");
        return this;
    }

    /**
     * Sets the number of event loop threads. Default: {@value #DEFAULT_EVENT_LOOP_THREADS}, one for each processor.
     *
     * @param value 0 to 1024
     * @return this
     * @throws IllegalArgumentException if the number is out of range
     */
    public SmokescreenBuilder eventLoopThreads(int value) {
        if (value < 0 || value > 1024) {
            throw new IllegalArgumentException("eventLoopThreads is " + value + " (expected 0 to 1024)");
        }
        this.eventLoopThreads = value;
        return this;
    }

    /**
     * Sets how sockets are driven. Default: {@link Transport#AUTO}.
     *
     * @param value the transport
     * @return this
     */
    public SmokescreenBuilder transport(Transport value) {
        this.transport = requireNonNull(value, "transport");
        return this;
    }

    /**
     * Assembles the proxy without starting it; {@link Smokescreen#policy()} can be asked already.
     *
     * @return the proxy
     * @throws IllegalStateException if settings exclude each other
     * @throws io.smokescreen.api.ConfigurationException if the rules cannot be loaded or used; nothing is started then
     */
    public Smokescreen build() {
        Combinations.check(this);
        return new Smokescreen(this);
    }

    /**
     * Assembles the proxy and starts it: {@code build().start()}.
     *
     * @return the proxy, listening
     * @throws IllegalStateException if settings exclude each other
     * @throws io.smokescreen.api.SmokescreenException if the rules cannot be loaded or used, or it cannot listen
     */
    public Smokescreen start() {
        return build().start();
    }

    Rules fixedRules() {
        return new Rules(Optional.empty(), Optional.ofNullable(aclPolicy), addressRules, Optional.ofNullable(tls));
    }
}
