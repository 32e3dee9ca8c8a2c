package io.smokescreen.api;

/**
 * What an {@link AddressFilter} says of an address, with the label that goes into answers and log lines and the name that
 * the metrics {@code resolver.allow.*} and {@code resolver.deny.*} end in.
 */
public enum AddressVerdict {
    /** No rule speaks of the address, and it is an ordinary public one. */
    ALLOW_DEFAULT("Allow: Default", "default"),
    /** A configured rule allows the address. */
    ALLOW_USER_CONFIGURED("Allow: User Configured", "user_configured"),
    /** Loopback, link-local, multicast, broadcast or unspecified. */
    DENY_NOT_GLOBAL_UNICAST("Deny: Not Global Unicast", "not_global_unicast"),
    /** RFC 1918 or an IPv6 unique local address. */
    DENY_PRIVATE_RANGE("Deny: Private Range", "private_range"),
    /** A configured rule denies the address. */
    DENY_USER_CONFIGURED("Deny: User Configured", "user_configured"),
    /** Shared address space of RFC 6598, 100.64.0.0/10. */
    DENY_CGNAT_RANGE("Deny: CGNAT Range", "cgnat_range"),
    /** An IPv6 address that carries an IPv4 address: NAT64, 6to4, Teredo and their kin. */
    DENY_IPV6_EMBEDDING("Deny: IPv6 Embedding", "ipv6_embedding"),
    /** An address of the proxy itself, on a port it listens on. */
    DENY_SELF_CONNECTION("Deny: Self Connection", "self_connection"),
    /** Any other special-purpose block of the IANA registries, or IPv6 outside 2000::/3. */
    DENY_SPECIAL_PURPOSE("Deny: Special Purpose", "special_purpose"),
    /** A metadata service of a cloud. */
    DENY_CLOUD_METADATA("Deny: Cloud Metadata", "cloud_metadata");

    private final String label;
    private final String metricName;

    AddressVerdict(String label, String metricName) {
        this.label = label;
        this.metricName = metricName;
    }

    /**
     * {@return the label as Go's Smokescreen writes it, for example {@code Deny: Private Range}}
     */
    public String label() {
        return label;
    }

    /**
     * {@return whether the address may be connected to}
     */
    public boolean isAllowed() {
        return this == ALLOW_DEFAULT || this == ALLOW_USER_CONFIGURED;
    }

    /**
     * {@return the metric that counts addresses judged like this}
     */
    public Metric metric() {
        return Metric.byName((isAllowed() ? "resolver.allow." : "resolver.deny.") + metricName);
    }
}
