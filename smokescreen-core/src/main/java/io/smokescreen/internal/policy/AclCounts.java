package io.smokescreen.internal.policy;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an ACL holds, in numbers.
 *
 * @param open rules for roles, with the action open
 * @param report with the action report
 * @param enforce with the action enforce
 * @param allowedDomains entries of all rules together
 * @param mitmDomains entries of all rules together
 * @param defaultAction the keyword of the default rule's action, if there is a default rule
 * @param globalAllowList entries
 * @param globalDenyList entries
 */
public record AclCounts(
        int open,
        int report,
        int enforce,
        int allowedDomains,
        int mitmDomains,
        Optional<String> defaultAction,
        int globalAllowList,
        int globalDenyList) {

    static AclCounts of(AclIndex acl) {
        Collection<AclRule> services = acl.rules().values();
        Optional<AclRule> defaultRule = Optional.ofNullable(acl.defaultRule());
        List<AclRule> rules =
                Stream.concat(services.stream(), defaultRule.stream()).toList();
        return new AclCounts(
                count(services, Action.OPEN),
                count(services, Action.REPORT),
                count(services, Action.ENFORCE),
                rules.stream().mapToInt(rule -> rule.allowedDomains().size()).sum(),
                rules.stream().mapToInt(rule -> rule.mitmDomains().size()).sum(),
                defaultRule.map(rule -> rule.action().keyword()),
                acl.globalAllowList().size(),
                acl.globalDenyList().size());
    }

    private static int count(Collection<AclRule> services, Action action) {
        return (int) services.stream().filter(rule -> rule.action() == action).count();
    }
}
