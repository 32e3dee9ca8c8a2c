package io.smokescreen.internal.policy;

import java.util.List;

/**
 * What differs between two ACLs.
 *
 * @param servicesAdded rules for roles that had none
 * @param servicesRemoved rules that are gone
 * @param servicesChanged rules that say something else; the default rule is not counted
 * @param globsAdded new entries of lists of hosts, those of new rules included
 * @param globsRemoved entries of lists of hosts that are gone, those of removed rules included
 * @param lines the same in words; empty if both ACLs say the same
 */
public record AclDiff(
        int servicesAdded,
        int servicesRemoved,
        int servicesChanged,
        int globsAdded,
        int globsRemoved,
        List<String> lines) {

    /** Nothing differs. */
    public static final AclDiff NONE = new AclDiff(0, 0, 0, 0, 0, List.of());

    /** Copies the list. */
    public AclDiff {
        lines = List.copyOf(lines);
    }

    /** {@return the difference; entries are compared as they are written} */
    public static AclDiff between(AclIndex before, AclIndex after) {
        return new AclComparison(before, after).diff();
    }
}
