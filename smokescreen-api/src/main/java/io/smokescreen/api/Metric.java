package io.smokescreen.api;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every measurement there is. The names are Go Smokescreen's, without its {@code smokescreen.} prefix; an exporter adds
 * what its own conventions ask for.
 */
public enum Metric {
    /** Requests the ACL allowed. */
    ACL_ALLOW("acl.allow", "Requests that the ACL allowed", "role", "def_rule", "project"),
    /** Requests the ACL denied. */
    ACL_DENY("acl.deny", "Requests that the ACL denied", "role", "def_rule", "project"),
    /** Requests the ACL allowed and reported. */
    ACL_REPORT("acl.report", "Requests allowed that an enforcing rule would deny", "role", "def_rule", "project"),
    /** Failures of the ACL policy. */
    ACL_DECIDE_ERROR("acl.decide_error", "Requests denied because the ACL policy failed"),
    /** Requests without a role. */
    ACL_ROLE_NOT_DETERMINED("acl.role_not_determined", "Requests whose role could not be determined"),
    /** Failures of what decides after the ACL policy. */
    ACL_UNKNOWN_ERROR("acl.unknown_error", "Requests denied because the request gate or the next hop selector failed"),
    /** Next-hop headers that are not a URL. */
    ACL_UPSTREAM_PROXY_PARSE_ERROR("acl.upstream_proxy_parse_error", "Requests whose next hop could not be parsed"),
    /** Reloads that put new rules in force. */
    ACL_RELOAD("acl.reload", "Reloads of ACL, address rules and TLS that succeeded"),
    /** Reloads that left the old rules in force. */
    ACL_RELOAD_ERROR(
            "acl.reload_error", "Reloads of ACL, address rules and TLS that failed; the old ones stay in force"),
    /** When the rules in force were loaded. */
    ACL_RELOAD_TIME(
            "acl.reload_time",
            Kind.GAUGE,
            Unit.SECONDS,
            "When the ACL, address rules and TLS in force were loaded, since 1970-01-01T00:00:00Z"),

    /** Attempts to connect to a destination. */
    CONNECTION_ATTEMPTS("cn.atpt.total", "Attempts to connect to a destination", "success"),
    /** Attempts that failed, by kind. */
    CONNECTION_ERRORS("cn.atpt.connect.err", "Attempts to connect that failed", "type"),
    /** How long connecting took. */
    CONNECTION_TIME("cn.atpt.connect.time", Kind.HISTOGRAM, Unit.SECONDS, "Time to connect to a destination"),
    /** Connections to destinations that ended. */
    CONNECTION_CLOSE("cn.close", "Connections to destinations that ended", "role"),
    /** How long they lived. */
    CONNECTION_DURATION("cn.duration", Kind.HISTOGRAM, Unit.SECONDS, "Life of a connection", "role"),
    /** Bytes received from destinations. */
    CONNECTION_BYTES_IN(
            "cn.bytes_in", Kind.HISTOGRAM, Unit.BYTES, "Bytes received from the destination by a connection", "role"),
    /** Bytes sent to destinations. */
    CONNECTION_BYTES_OUT(
            "cn.bytes_out", Kind.HISTOGRAM, Unit.BYTES, "Bytes sent to the destination by a connection", "role"),
    /** Connections that the end of the proxy cut. */
    CONNECTIONS_ACTIVE_AT_TERMINATION(
            "cn.active_at_termination", "Connections that were in use when the proxy ended", "role"),
    /** Hosts connected to lately. Go counts registrable domains; here each host name and address is one. */
    DISTINCT_DOMAINS(
            "cn.atpt.distinct_domains",
            Kind.GAUGE,
            Unit.NONE,
            "Different destination hosts, at most 10000, that were tried in the last 5 minutes"),
    /** Part of them that could be connected to. */
    DISTINCT_DOMAINS_SUCCESS_RATE(
            "cn.atpt.distinct_domains_success_rate",
            Kind.GAUGE,
            Unit.NONE,
            "Part of the destination hosts tried in the last 5 minutes, 0 to 100 percent, whose last attempt succeeded"),

    /** Addresses allowed by default. */
    RESOLVER_ALLOW_DEFAULT("resolver.allow.default", "Addresses allowed by default"),
    /** Addresses allowed by a rule. */
    RESOLVER_ALLOW_USER_CONFIGURED("resolver.allow.user_configured", "Addresses allowed by a configured rule"),
    /** Addresses denied as not global unicast. */
    RESOLVER_DENY_NOT_GLOBAL_UNICAST("resolver.deny.not_global_unicast", "Addresses denied: not global unicast"),
    /** Addresses denied as private. */
    RESOLVER_DENY_PRIVATE_RANGE("resolver.deny.private_range", "Addresses denied: private range"),
    /** Addresses denied by a rule. */
    RESOLVER_DENY_USER_CONFIGURED("resolver.deny.user_configured", "Addresses denied by a configured rule"),
    /** Addresses denied as carrier-grade NAT. */
    RESOLVER_DENY_CGNAT_RANGE("resolver.deny.cgnat_range", "Addresses denied: shared address space"),
    /** Addresses denied as embedding IPv4. */
    RESOLVER_DENY_IPV6_EMBEDDING("resolver.deny.ipv6_embedding", "Addresses denied: IPv4 embedded in IPv6"),
    /** Addresses denied as the proxy's own. */
    RESOLVER_DENY_SELF_CONNECTION("resolver.deny.self_connection", "Addresses denied: the proxy itself"),
    /** Addresses denied as special-purpose. */
    RESOLVER_DENY_SPECIAL_PURPOSE("resolver.deny.special_purpose", "Addresses denied: special-purpose block"),
    /** Addresses denied as cloud metadata. */
    RESOLVER_DENY_CLOUD_METADATA("resolver.deny.cloud_metadata", "Addresses denied: cloud metadata service"),
    /** Lookups begun. */
    RESOLVER_ATTEMPTS("resolver.attempts_total", "Lookups of a name"),
    /** Lookups that failed. */
    RESOLVER_ERRORS("resolver.errors_total", "Lookups of a name that failed"),
    /** How long lookups took. */
    RESOLVER_LOOKUP_TIME("resolver.lookup_time", Kind.HISTOGRAM, Unit.SECONDS, "Time to resolve a name"),

    /** Requests over the rate. */
    REQUESTS_RATE_LIMITED("requests.rate_limited", "Requests refused because of the rate limit"),
    /** Requests over the number at once. */
    REQUESTS_CONCURRENCY_LIMITED("requests.concurrency_limited", "Requests refused because too many are in work"),
    /** Requests in work. */
    REQUESTS_CONCURRENT("requests.concurrent", Kind.GAUGE, Unit.NONE, "Requests in work"),
    /** Requests that were not well-formed. */
    REQUESTS_MALFORMED("requests.malformed", "Requests refused because they are not well-formed"),
    /** Connections closed for want of a valid PROXY protocol header. */
    PROXY_PROTOCOL_ERROR(
            "proxy_protocol.error",
            "Connections closed because a PROXY protocol header was missing, malformed or from a peer that may not send one"),
    /** Requests that ran into a fault of the proxy. */
    REQUESTS_INTERNAL_ERROR("requests.internal_error", "Requests that ended in an internal failure"),
    /** Tunnels over the number at once. */
    TUNNELS_CONCURRENCY_LIMITED("tunnels.concurrency_limited", "Tunnels refused because too many are open"),
    /** The proxy's own share of the time to the first byte. */
    PROXY_DURATION(
            "proxy_duration_ms",
            Kind.HISTOGRAM,
            Unit.MILLISECONDS,
            "Time from the head of a request to the start of the attempt to connect"),
    /** TLS handshakes that failed, or whose client was refused after all. */
    TLS_HANDSHAKE_ERROR("tls.handshake_error", "TLS handshakes with clients that failed", "reason"),
    /** Uses of a revocation list that is out of date. */
    CRL_EXPIRED(
            "crl.expired",
            "Clients let in by a revocation list that is past its next update or not yet valid",
            "issuer"),
    /** How long a revocation list still is up to date. */
    CRL_REMAINING(
            "crl.remaining",
            Kind.GAUGE,
            Unit.SECONDS,
            "Time until the next update of a revocation list is due, negative when it is overdue",
            "issuer"),
    /** Failures of the listener. */
    LISTENER_FAILURES("listener.failures", "Events that the application's listener failed to take"),
    /** Next hops that a selector chose. */
    UPSTREAM_PROXY_SELECTED("upstream_proxy_selector.proxy_selected", "Next-hop proxies chosen by the selector");

    private static final Map<String, Metric> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Metric::metricName, Function.identity()));

    private final String metricName;
    private final Kind kind;
    private final Unit unit;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable; its type does not say so
    private final List<String> tags;

    Metric(String metricName, String description, String... tags) {
        this(metricName, Kind.COUNTER, Unit.NONE, description, tags);
    }

    Metric(String metricName, Kind kind, Unit unit, String description, String... tags) {
        this.metricName = metricName;
        this.kind = kind;
        this.unit = unit;
        this.description = description;
        this.tags = List.of(tags);
    }

    /** How values of a metric add up. */
    public enum Kind {
        /** Each value is an increment. */
        COUNTER,
        /** Each value replaces the last. */
        GAUGE,
        /** Each value is one observation. */
        HISTOGRAM
    }

    /** What a value counts. */
    public enum Unit {
        /** A plain number. */
        NONE,
        /** Seconds. */
        SECONDS,
        /** Milliseconds. */
        MILLISECONDS,
        /** Bytes. */
        BYTES
    }

    /**
     * {@return the metric}
     *
     * @param metricName the name of a metric, as {@link #metricName()} gives it
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Metric byName(String metricName) {
        Metric metric = BY_NAME.get(metricName);
        if (metric == null) {
            throw new IllegalArgumentException("no metric is named '" + metricName + "'");
        }
        return metric;
    }

    /**
     * {@return the name, with dots, without a prefix}
     */
    public String metricName() {
        return metricName;
    }

    /**
     * {@return how values add up}
     */
    public Kind kind() {
        return kind;
    }

    /**
     * {@return what a value counts}
     */
    public Unit unit() {
        return unit;
    }

    /**
     * {@return one line for people}
     */
    public String description() {
        return description;
    }

    /**
     * {@return the names of the tags, in the order of the values that {@link MetricsSink#record} receives}
     */
    public List<String> tags() {
        return tags;
    }
}
