package io.smokescreen.internal.address;

import io.smokescreen.api.AddressFilter;
import io.smokescreen.api.AddressVerdict;
import io.smokescreen.internal.address.RuleMatch.Answer;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Go Smokescreen's policy ({@code classifyAddr}): an allow rule beats everything; an address that is not global unicast
 * is denied before the deny rules are read, which only shows in the label; then the lists in Go's order.
 *
 * <p>Thread safety: immutable.
 */
final class SmokescreenFilter implements AddressFilter {

    private static final RangeTable<AddressVerdict> BUILT_IN = SpecialAddresses.smokescreen();

    private final RangeTable<RuleMatch> allowRules;
    private final RangeTable<RuleMatch> denyRules;
    private final boolean privateRangesAllowed;

    SmokescreenFilter(List<AddressRule> rules, boolean privateRangesAllowed) {
        this.allowRules =
                AddressRule.compile(rules.stream().filter(AddressRule::isAllow).toList());
        this.denyRules = AddressRule.compile(
                rules.stream().filter(rule -> !rule.isAllow()).toList());
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
        if (Ip.isMapped(high, low)) {
            return judge((int) low, port);
        }
        return weigh(
                allowRules.get(high, low).at(port), denyRules.get(high, low).at(port), BUILT_IN.get(high, low));
    }

    private AddressVerdict judge(int address, int port) {
        return weigh(allowRules.get(address).at(port), denyRules.get(address).at(port), BUILT_IN.get(address));
    }

    private AddressVerdict weigh(Answer allow, Answer deny, AddressVerdict builtIn) {
        if (allow.isAllow()) {
            return AddressVerdict.ALLOW_USER_CONFIGURED;
        }
        if (builtIn == AddressVerdict.DENY_NOT_GLOBAL_UNICAST) {
            return builtIn;
        }
        if (deny == Answer.DENY) {
            return AddressVerdict.DENY_USER_CONFIGURED;
        }
        boolean lifted = privateRangesAllowed && builtIn == AddressVerdict.DENY_PRIVATE_RANGE;
        return lifted ? AddressVerdict.ALLOW_DEFAULT : builtIn;
    }
}
