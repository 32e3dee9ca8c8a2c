package io.smokescreen.internal.address;

import io.smokescreen.api.AddressFilter;
import io.smokescreen.api.AddressVerdict;
import io.smokescreen.internal.address.RuleMatch.Answer;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/**
 * The strict policy. In this order: a metadata service is denied unless an allow rule names just that address; the most
 * specific rule decides ({@link RuleMatch}); the built-in table; allow. An IPv6 address that carries an IPv4 one is allowed
 * only by a rule, and only if what it carries is allowed as well.
 *
 * <p>Thread safety: immutable.
 */
final class StrictFilter implements AddressFilter {

    private static final RangeTable<AddressVerdict> BUILT_IN = SpecialAddresses.strict();

    private final RangeTable<RuleMatch> rules;
    private final boolean privateRangesAllowed;

    StrictFilter(List<AddressRule> rules, boolean privateRangesAllowed) {
        this.rules = AddressRule.compile(rules);
        this.privateRangesAllowed = privateRangesAllowed;
    }

    @Override
    public AddressVerdict check(InetAddress address, int port) {
        if (address instanceof Inet4Address v4) { // with the type known, the JIT removes the array
            return judge(Ip.v4(v4.getAddress()), port);
        }
        byte[] bytes = address.getAddress();
        long high = Ip.high(bytes);
        long low = Ip.low(bytes);
        return Ip.isMapped(high, low) ? judge((int) low, port) : judge(high, low, port);
    }

    private AddressVerdict judge(int address, int port) {
        return weigh(rules.get(address).at(port), BUILT_IN.get(address));
    }

    private AddressVerdict judge(long high, long low, int port) {
        Answer rule = rules.get(high, low).at(port);
        AddressVerdict verdict = weigh(rule, BUILT_IN.get(high, low));
        boolean denied =
                verdict.isAllowed() && Embedding.isPossible(high, low) && !carriesOnlyAllowed(high, low, port, rule);
        return denied ? AddressVerdict.DENY_IPV6_EMBEDDING : verdict;
    }

    private AddressVerdict weigh(Answer rule, AddressVerdict builtIn) {
        if (builtIn == AddressVerdict.DENY_CLOUD_METADATA && rule != Answer.ALLOW_EXACTLY) {
            return builtIn;
        }
        if (rule != Answer.NONE) {
            return rule.isAllow() ? AddressVerdict.ALLOW_USER_CONFIGURED : AddressVerdict.DENY_USER_CONFIGURED;
        }
        boolean lifted = privateRangesAllowed && builtIn == AddressVerdict.DENY_PRIVATE_RANGE;
        return lifted ? AddressVerdict.ALLOW_DEFAULT : builtIn;
    }

    /** Without a rule nothing that carries another address passes: ISATAP may stand below any prefix. */
    private boolean carriesOnlyAllowed(long high, long low, int port, Answer rule) {
        for (Embedding form : Embedding.all()) {
            if (!form.holds(high, low)) {
                continue;
            }
            for (int reading = 0; reading < form.readings(); reading++) {
                boolean passed = form.isEmpty(high, low, reading)
                        || judge(form.ipv4(high, low, reading), port).isAllowed();
                if (!rule.isAllow() || !passed) {
                    return false;
                }
            }
        }
        return true;
    }
}
