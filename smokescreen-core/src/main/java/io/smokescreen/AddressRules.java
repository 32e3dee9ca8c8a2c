package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.AddressFilter;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.internal.address.RuleSetBuilder;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Says which addresses may be contacted: rules of one's own before a built-in table of the addresses that no egress
 * traffic should reach.
 *
 * <p>They are asked after the ACL said yes, for each address a name resolved to and for each IP literal. In this order:
 *
 * <ol>
 *   <li>the proxy's own addresses on the ports it listens on: denied, whatever the rules say;
 *   <li>the metadata services of the clouds: denied, unless an allow rule names exactly that address;
 *   <li>the rules. The longest prefix wins, among equal ones a rule with the port beats one without, and then deny beats
 *       allow. A port can be given for single addresses only;
 *   <li>the built-in table: every special-purpose block of the IANA registries and IPv6 outside 2000::/3 are denied;
 *   <li>everything else is allowed.
 * </ol>
 *
 * <p>A rule matches addresses of its own family only; an IPv4-mapped IPv6 address is its IPv4 address, in rules too. Where
 * a rule allows IPv6 addresses that carry an IPv4 address (NAT64, 6to4, Teredo and their kin), the carried address must be
 * allowed as well. {@link AddressPolicy#SMOKESCREEN} replaces steps 2 to 5 by Go's table and order.
 *
 * <pre>{@code
 * AddressRules rules = AddressRules.builder()
 *         .allowRange("10.20.0.0/16")
 *         .denyRange("10.20.9.0/24")
 *         .allowAddress("10.20.9.7:443")
 *         .build();
 * }</pre>
 *
 * <p>Thread safety: immutable.
 *
 * @see SmokescreenBuilder#addressRules
 * @see AddressFilter
 */
public final class AddressRules {

    private static final AddressRules DEFAULTS = builder().build();

    private final AddressPolicy policy;
    private final boolean privateRangesAllowed;
    private final AddressFilter filter;
    private final List<InetAddress> temporarilyDeferred;
    private final List<String> written;

    private AddressRules(Builder builder, AddressFilter filter, List<InetAddress> temporarilyDeferred) {
        this.policy = builder.policy;
        this.privateRangesAllowed = builder.privateRangesAllowed;
        this.filter = filter;
        this.temporarilyDeferred = List.copyOf(temporarilyDeferred);
        this.written = builder.written();
    }

    /** {@return the strict policy without rules of one's own} */
    public static AddressRules defaults() {
        return DEFAULTS;
    }

    /** {@return a builder for the strict policy, without rules} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@return a filter that judges by these rules}, for a filter of the application that only adds to them or for a unit
     * test. It does not know the proxy's own addresses; the proxy checks those before any filter.
     */
    public AddressFilter toFilter() {
        return filter;
    }

    AddressPolicy policy() {
        return policy;
    }

    boolean privateRangesAllowed() {
        return privateRangesAllowed;
    }

    /** One line for each rule, with its text as it was given, to tell what differs between two of these. */
    List<String> written() {
        return written;
    }

    /** Addresses that are tried after all others, in this order. */
    List<InetAddress> temporarilyDeferred() {
        return temporarilyDeferred;
    }

    /**
     * Collects rules. They are read by {@link #build()}, because the policies differ in what they take: the strict one
     * refuses text that Go reads in an unexpected way (port 0 as every port, signs, leading zeros).
     *
     * <p>Thread safety: use it from one thread at a time.
     */
    public static final class Builder {

        private AddressPolicy policy = AddressPolicy.STRICT;
        private final List<String> allowRanges = new ArrayList<>();
        private final List<String> denyRanges = new ArrayList<>();
        private final List<String> allowAddresses = new ArrayList<>();
        private final List<String> denyAddresses = new ArrayList<>();
        private final List<String> temporarilyDeferred = new ArrayList<>();
        private boolean privateRangesAllowed;

        private Builder() {}

        /**
         * Sets the built-in table and how rules are weighed. Default: {@link AddressPolicy#STRICT}.
         *
         * @param value the policy
         * @return this
         */
        public Builder policy(AddressPolicy value) {
            this.policy = requireNonNull(value, "policy");
            return this;
        }

        /**
         * Allows a block of addresses.
         *
         * @param range the block, such as {@code 192.0.2.0/24} or {@code 2001:db8::/32}; host bits are cleared
         * @return this
         */
        public Builder allowRange(String range) {
            allowRanges.add(requireNonNull(range, "range"));
            return this;
        }

        /**
         * Allows blocks of addresses.
         *
         * @param ranges the blocks, each as for {@link #allowRange}
         * @return this
         */
        public Builder allowRanges(String... ranges) {
            allowRanges.addAll(List.of(ranges));
            return this;
        }

        /**
         * Denies a block of addresses.
         *
         * @param range the block, such as {@code 192.0.2.0/24} or {@code 2001:db8::/32}; host bits are cleared
         * @return this
         */
        public Builder denyRange(String range) {
            denyRanges.add(requireNonNull(range, "range"));
            return this;
        }

        /**
         * Denies blocks of addresses.
         *
         * @param ranges the blocks, each as for {@link #denyRange}
         * @return this
         */
        public Builder denyRanges(String... ranges) {
            denyRanges.addAll(List.of(ranges));
            return this;
        }

        /**
         * Allows one address, on one port or on every port.
         *
         * @param address such as {@code 192.0.2.1}, {@code 192.0.2.1:443}, {@code 2001:db8::1} or
         *     {@code [2001:db8::1]:443}
         * @return this
         */
        public Builder allowAddress(String address) {
            allowAddresses.add(requireNonNull(address, "address"));
            return this;
        }

        /**
         * Denies one address, on one port or on every port.
         *
         * @param address such as {@code 192.0.2.1}, {@code 192.0.2.1:443}, {@code 2001:db8::1} or
         *     {@code [2001:db8::1]:443}
         * @return this
         */
        public Builder denyAddress(String address) {
            denyAddresses.add(requireNonNull(address, "address"));
            return this;
        }

        /**
         * Sets whether RFC 1918 and IPv6 unique local addresses are allowed where no rule speaks of them. Metadata services
         * stay denied. Default: false. With it, clients reach the internal network through the proxy.
         *
         * @param value true to allow them
         * @return this
         */
        public Builder unsafeAllowPrivateRanges(boolean value) {
            this.privateRangesAllowed = value;
            return this;
        }

        /**
         * Names an address that is tried only after all others of the same name, for example one under maintenance. Those
         * named first are tried first. It is judged like any other.
         *
         * @param ip an address without a port
         * @return this
         */
        public Builder temporarilyDeferred(String ip) {
            temporarilyDeferred.add(requireNonNull(ip, "ip"));
            return this;
        }

        /**
         * {@return the rules, compiled}
         *
         * @throws ConfigurationException if a range or an address is not one; the message names it and what would be right
         */
        public AddressRules build() {
            RuleSetBuilder rules =
                    policy == AddressPolicy.STRICT ? RuleSetBuilder.strict() : RuleSetBuilder.smokescreen();
            allowRanges.forEach(text -> rules.range(true, text));
            denyRanges.forEach(text -> rules.range(false, text));
            allowAddresses.forEach(text -> rules.address(true, text));
            denyAddresses.forEach(text -> rules.address(false, text));
            List<InetAddress> deferred = temporarilyDeferred.stream()
                    .map(RuleSetBuilder::parseAddress)
                    .toList();
            return new AddressRules(this, rules.build(privateRangesAllowed), deferred);
        }

        private List<String> written() {
            List<String> lines = new ArrayList<>();
            allowRanges.forEach(text -> lines.add("allow " + text));
            denyRanges.forEach(text -> lines.add("deny " + text));
            allowAddresses.forEach(text -> lines.add("allow " + text));
            denyAddresses.forEach(text -> lines.add("deny " + text));
            temporarilyDeferred.forEach(text -> lines.add("defer " + text));
            return List.copyOf(lines);
        }
    }
}
