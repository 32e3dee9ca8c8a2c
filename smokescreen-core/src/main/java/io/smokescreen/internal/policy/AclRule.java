package io.smokescreen.internal.policy;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AclDecision.Result;
import io.smokescreen.api.AclRequest;
import io.smokescreen.api.Destination;
import io.smokescreen.api.Host;
import io.smokescreen.api.MitmSettings;
import io.smokescreen.internal.policy.RuleSpec.MitmDomain;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A rule, ready to decide: its lists are indexed and its decisions made when it is loaded, so that deciding is looking up.
 *
 * <p>Thread safety: immutable.
 */
final class AclRule {

    private static final String UNDER_DEFAULT = "default rule policy used";

    private final Action action;
    private final String project;
    private final boolean isDefault;
    private final HostIndex<AclDecision> allowedDomains;
    private final HostIndex<MitmDomain> mitmDomains;
    private final HostIndex<Glob> allowedExternalProxies;
    private final @Nullable BitSet allowedPorts;
    private final AclDecision nextHopDenied;
    private final AclDecision portDenied;
    private final AclDecision policy;

    AclRule(RuleSpec spec, boolean isDefault) {
        this.action = spec.action();
        this.project = spec.project();
        this.isDefault = isDefault;
        this.allowedDomains = index(spec.allowedDomains());
        HostIndex.Builder<MitmDomain> mitm = HostIndex.builder();
        spec.mitmDomains().forEach(entry -> mitm.add(entry.domain(), entry));
        this.mitmDomains = mitm.build();
        HostIndex.Builder<Glob> proxies = HostIndex.builder();
        spec.allowedExternalProxies().forEach(glob -> proxies.add(glob, glob));
        this.allowedExternalProxies = proxies.build();
        this.allowedPorts = spec.allowedPorts().isEmpty() ? null : bits(spec);
        this.nextHopDenied = decision(Result.DENY, "connect proxy host not allowed in rule", Optional.empty());
        this.portDenied = decision(Result.DENY, "port not allowed in rule", Optional.empty());
        this.policy = decision(
                spec.action().result(),
                isDefault ? UNDER_DEFAULT : spec.action().reason(),
                Optional.empty());
    }

    /**
     * Decides from what the rule itself lists: next hop, port, allowed domains, in this order. Returns null where none of
     * them speaks of the request.
     */
    @Nullable
    AclDecision decideByLists(AclRequest request) {
        Optional<Host> nextHop = request.nextHop();
        if (nextHop.isPresent() && allowedExternalProxies.find(nextHop.get().text(), Glob.ANY_PORT) == null) {
            return nextHopDenied;
        }
        Destination destination = request.destination();
        if (allowedPorts != null && !allowedPorts.get(destination.port())) {
            return portDenied;
        }
        String host = destination.host().text();
        AclDecision allowed = allowedDomains.find(host, destination.port());
        if (allowed == null) {
            return null;
        }
        MitmDomain mitm = mitmDomains.find(host, destination.port());
        return mitm == null ? allowed : withMitm(allowed, mitm.settings());
    }

    /** Returns what the rule's action makes of a host that no list speaks of. */
    AclDecision decideByAction() {
        return policy;
    }

    /** Returns a decision in this rule's name. */
    AclDecision decision(Result result, String reason, Optional<String> matched) {
        return new AclDecision(result, reason, project, isDefault, matched, Optional.empty());
    }

    Action action() {
        return action;
    }

    String project() {
        return project;
    }

    /** Returns the entries as they are written; their decisions hold them. */
    List<String> allowedDomains() {
        return allowedDomains.values().stream()
                .map(decision -> decision.matched().orElse(""))
                .toList();
    }

    List<String> allowedExternalProxies() {
        return allowedExternalProxies.values().stream().map(Glob::text).toList();
    }

    Map<String, MitmSettings> mitmDomains() {
        Map<String, MitmSettings> settings = new LinkedHashMap<>();
        // An entry that stands twice counts where it stands first.
        mitmDomains
                .values()
                .forEach(entry -> settings.putIfAbsent(entry.domain().text(), entry.settings()));
        return settings;
    }

    String portsText() {
        return allowedPorts == null ? "every port" : allowedPorts.toString();
    }

    private HostIndex<AclDecision> index(List<Glob> globs) {
        HostIndex.Builder<AclDecision> index = HostIndex.builder();
        for (Glob glob : globs) {
            index.add(glob, decision(Result.ALLOW, "host matched allowed domain in rule", Optional.of(glob.text())));
        }
        return index.build();
    }

    private static BitSet bits(RuleSpec spec) {
        BitSet ports = new BitSet();
        spec.allowedPorts().forEach(ports::set);
        return ports;
    }

    private static AclDecision withMitm(AclDecision allowed, MitmSettings mitm) {
        return new AclDecision(
                allowed.result(),
                allowed.reason(),
                allowed.project(),
                allowed.defaultRule(),
                allowed.matched(),
                Optional.of(mitm));
    }
}
