package io.smokescreen.internal.policy;

import io.smokescreen.api.MitmSettings;
import java.util.List;
import java.util.Set;

/**
 * One rule as the file says it, checked.
 *
 * @param role the role it is for; empty in the default rule
 * @param project the project it belongs to, or the empty string
 * @param action what to do where no list speaks of the host
 * @param allowedDomains the hosts it allows
 * @param mitmDomains which of them are looked into
 * @param allowedExternalProxies the next hops it allows
 * @param allowedPorts the ports it allows; empty for every port
 */
record RuleSpec(
        String role,
        String project,
        Action action,
        List<Glob> allowedDomains,
        List<MitmDomain> mitmDomains,
        List<Glob> allowedExternalProxies,
        Set<Integer> allowedPorts) {

    /** A host whose tunnels are looked into, and how. */
    record MitmDomain(Glob domain, MitmSettings settings) {}
}
