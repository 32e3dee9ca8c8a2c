package io.smokescreen.internal.address;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.AddressFilter;
import java.net.InetAddress;
import java.util.List;

/**
 * What addresses are judged by: the part of the vetting that can be replaced while the proxy runs.
 *
 * <p>Thread safety: immutable; the filter is safe from any thread.
 *
 * @param filter judges addresses
 * @param deferred addresses that are used after all others, in this order
 */
public record VettingRules(GuardedAddressFilter filter, List<InetAddress> deferred) {

    /**
     * Where the proxies of a company stand. Beside these and the Internet there is nothing to connect to, or what nobody means:
     * link-local addresses, where metadata services live, and what is not one host (multicast, broadcast, unspecified, reserved).
     * NAT64 leads to IPv4 addresses, which are judged as such.
     */
    private static final List<String> INTERNAL = List.of(
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "::1/128",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "fc00::/7");

    private static final AddressFilter TRUSTED_NEXT_HOP = trustedNextHop();

    /** Copies the list. */
    public VettingRules {
        requireNonNull(filter, "filter");
        deferred = List.copyOf(deferred);
    }

    /**
     * {@return what judges the addresses of a next hop that the operator chose}
     *
     * <p>The choice itself is an allow rule for just its host and port, so it may be internal, and no rule of the configuration is
     * asked. The proxy itself and metadata services stay denied, as does what is not one host: its name may lead anywhere.
     */
    public VettingRules forTrustedNextHop() {
        return new VettingRules(filter.with(TRUSTED_NEXT_HOP), deferred);
    }

    private static AddressFilter trustedNextHop() {
        RuleSetBuilder rules = RuleSetBuilder.strict();
        INTERNAL.forEach(range -> rules.range(true, range));
        return rules.build(false);
    }
}
