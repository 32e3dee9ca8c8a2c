package io.smokescreen;

import java.util.List;

/**
 * What a reload changed. An ACL is compared entry by entry where both the old and the new one are an {@link Acl}; entries
 * and address rules are compared as they are written.
 *
 * <p>Thread safety: immutable.
 *
 * @param servicesAdded rules for roles that had none
 * @param servicesRemoved rules that are gone
 * @param servicesChanged rules that say something else; the default rule is not counted
 * @param globsAdded new entries of the ACL's lists of hosts, those of new rules included
 * @param globsRemoved entries of the ACL's lists of hosts that are gone, those of removed rules included
 * @param addressRulesAdded new address rules
 * @param addressRulesRemoved address rules that are gone
 * @param tlsChanged whether new connections begin with other TLS options
 * @param changes the same in words, a line for each thing that changed; empty if nothing did. However much changed, only
 *     the first 20 hosts and the first 20 services are named, the others counted
 */
public record ReloadReport(
        int servicesAdded,
        int servicesRemoved,
        int servicesChanged,
        int globsAdded,
        int globsRemoved,
        int addressRulesAdded,
        int addressRulesRemoved,
        boolean tlsChanged,
        List<String> changes) {

    /** Copies the list. */
    public ReloadReport {
        changes = List.copyOf(changes);
    }
}
