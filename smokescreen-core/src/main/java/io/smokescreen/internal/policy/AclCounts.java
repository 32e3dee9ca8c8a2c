package io.smokescreen.internal.policy;

import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an ACL holds, in numbers.
 *
 * @param open rules for roles, with the action open
 * @param report with the action report
 * @param enforce with the action enforce
 * @param allowedDomains entries of all rules together
 * @param defaultAction the keyword of the default rule's action, if there is a default rule
 * @param globalAllowList entries
 * @param globalDenyList entries
 */
public record AclCounts(
        int open,
        int report,
        int enforce,
        int allowedDomains,
        Optional<String> defaultAction,
        int globalAllowList,
        int globalDenyList) {

    static AclCounts of(AclIndex acl) {
        Collection<AclRule> services = acl.rules().values();
        Optional<AclRule> defaultRule = Optional.ofNullable(acl.defaultRule());
        int domains = Stream.concat(services.stream(), defaultRule.stream())
                .mapToInt(rule -> rule.allowedDomains().size())
                .sum();
        return new AclCounts(
                count(services, Action.OPEN),
                count(services, Action.REPORT),
                count(services, Action.ENFORCE),
                domains,
                defaultRule.map(rule -> rule.action().keyword()),
                acl.globalAllowList().size(),
                acl.globalDenyList().size());
    }

    private static int count(Collection<AclRule> services, Action action) {
        return (int) services.stream().filter(rule -> rule.action() == action).count();
    }
}
