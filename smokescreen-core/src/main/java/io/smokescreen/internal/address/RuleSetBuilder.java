package io.smokescreen.internal.address;

import io.smokescreen.api.AddressFilter;
import io.smokescreen.api.ConfigurationException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the address rules of a configuration as text and compiles them. Each text is checked when the policy is known,
 * because Go Smokescreen's reads a little more than the strict one.
 *
 * <p>Thread safety: use it from one thread at a time.
 */
public final class RuleSetBuilder {

    private final RuleParser parser;
    private final boolean compatible;
    private final List<AddressRule> rules = new ArrayList<>();

    private RuleSetBuilder(boolean compatible) {
        this.compatible = compatible;
        this.parser = compatible ? RuleParser.lenient() : RuleParser.strict();
    }

    /** {@return a builder for the strict policy} */
    public static RuleSetBuilder strict() {
        return new RuleSetBuilder(false);
    }

    /** {@return a builder for Go Smokescreen's policy} */
    public static RuleSetBuilder smokescreen() {
        return new RuleSetBuilder(true);
    }

    /**
     * Adds a rule for a block of addresses.
     *
     * @param isAllow whether the rule allows or denies
     * @param range the block, such as {@code 192.0.2.0/24}
     * @return this
     * @throws ConfigurationException if the text is not a block
     */
    public RuleSetBuilder range(boolean isAllow, String range) {
        rules.add(new AddressRule(isAllow, parser.range(range), RuleParser.ANY_PORT));
        return this;
    }

    /**
     * Adds a rule for one address.
     *
     * @param isAllow whether the rule allows or denies
     * @param address the address with or without a port, such as {@code 192.0.2.1:443}
     * @return this
     * @throws ConfigurationException if the text is not an address
     */
    public RuleSetBuilder address(boolean isAllow, String address) {
        RuleParser.AddressAndPort parsed = parser.address(address);
        rules.add(new AddressRule(isAllow, parsed.address(), parsed.port()));
        return this;
    }

    /**
     * Compiles the rules.
     *
     * @param privateRangesAllowed whether RFC 1918 and unique local addresses are allowed where no rule speaks of them
     * @return the filter, immutable
     */
    public AddressFilter build(boolean privateRangesAllowed) {
        return compatible
                ? new SmokescreenFilter(rules, privateRangesAllowed)
                : new StrictFilter(rules, privateRangesAllowed);
    }

    /**
     * Reads one address without a port.
     *
     * @param text the address
     * @return the address; an IPv4-mapped one is IPv4
     * @throws ConfigurationException if the text is not an address
     */
    public static InetAddress parseAddress(String text) {
        return RuleParser.strict().plainAddress(text);
    }
}
