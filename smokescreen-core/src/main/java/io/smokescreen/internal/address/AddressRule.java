package io.smokescreen.internal.address;

import static java.util.stream.Collectors.toMap;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One rule of a configuration.
 *
 * @param isAllow whether it allows or denies
 * @param block the addresses it speaks of
 * @param port the port it speaks of; {@link RuleParser#ANY_PORT} for all, {@link RuleParser#NO_PORT} for none
 */
record AddressRule(boolean isAllow, Cidr block, int port) {

    /** Compiles rules into a table. */
    static RangeTable<RuleMatch> compile(List<AddressRule> rules) {
        Map<Cidr, RuleMatch.Collector> byBlock = new HashMap<>();
        for (AddressRule rule : rules) {
            byBlock.computeIfAbsent(rule.block(), block -> new RuleMatch.Collector())
                    .add(rule);
        }
        Map<Cidr, RuleMatch> matches = byBlock.entrySet().stream()
                .collect(toMap(Map.Entry::getKey, entry -> entry.getValue().toMatch()));
        return RangeTable.compile(matches, RuleMatch.NOTHING, (around, own) -> own.inside(around));
    }
}
