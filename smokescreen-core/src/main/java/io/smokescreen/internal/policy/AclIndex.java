package io.smokescreen.internal.policy;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AclDecision.Result;
import io.smokescreen.api.AclPolicy;
import io.smokescreen.api.AclRequest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The ACL, ready to decide. The order (Go: {@code ACL.Decide}):
 *
 * <ol>
 *   <li>the rule of the role, else the default rule, else deny;
 *   <li>a next hop the rule does not list: deny; then a port the rule does not list: deny;
 *   <li>a host the rule lists: allow;
 *   <li>a host on the global deny list: deny;
 *   <li>a host on the global allow list: allow;
 *   <li>what the rule's action says.
 * </ol>
 *
 * <p>Where several entries of one list match, the first in the file is the one that counts and is told.
 *
 * <p>Thread safety: immutable.
 */
public final class AclIndex implements AclPolicy {

    private static final AclDecision NO_RULE = AclDecision.deny("no rule matched");

    private final Map<String, AclRule> rules = new LinkedHashMap<>(); // in the order of the file
    private final @Nullable AclRule defaultRule;
    private final HostIndex<GlobalEntry> globalLists;
    private final List<String> warnings;

    AclIndex(AclSpec spec) {
        spec.services().forEach(rule -> rules.put(rule.role(), new AclRule(rule, false)));
        this.defaultRule =
                spec.defaultRule().map(rule -> new AclRule(rule, true)).orElse(null);
        this.globalLists = globalLists(spec);
        this.warnings = List.copyOf(spec.warnings());
    }

    @Override
    public AclDecision decide(AclRequest request) {
        AclRule rule = ruleOf(request.role());
        if (rule == null) {
            return NO_RULE;
        }
        AclDecision listed = rule.decideByLists(request);
        if (listed != null) {
            return listed;
        }
        GlobalEntry entry = globalLists.find(
                request.destination().host().text(), request.destination().port());
        return entry == null ? rule.decideByAction() : rule.decision(entry.result(), entry.reason(), entry.matched());
    }

    /**
     * {@return what is legal in the file and probably not meant, for the caller to log}
     */
    public List<String> warnings() {
        return warnings;
    }

    /** {@return what it holds, in numbers} */
    public AclCounts counts() {
        return AclCounts.of(this);
    }

    /** Returns the rules by role, in the order of the file. */
    Map<String, AclRule> rules() {
        return Collections.unmodifiableMap(rules);
    }

    @Nullable
    AclRule defaultRule() {
        return defaultRule;
    }

    List<String> globalAllowList() {
        return globalList(Result.ALLOW);
    }

    List<String> globalDenyList() {
        return globalList(Result.DENY);
    }

    private List<String> globalList(Result result) {
        return globalLists.values().stream()
                .filter(entry -> entry.result() == result)
                .flatMap(entry -> entry.matched().stream())
                .toList();
    }

    private @Nullable AclRule ruleOf(Optional<String> role) {
        AclRule own = role.isPresent() ? rules.get(role.get()) : null;
        return own == null ? defaultRule : own;
    }

    /** The first match counts, so with the deny list in front one look at one index answers for both. */
    private static HostIndex<GlobalEntry> globalLists(AclSpec spec) {
        HostIndex.Builder<GlobalEntry> index = HostIndex.builder();
        spec.globalDenyList()
                .forEach(glob -> index.add(
                        glob,
                        new GlobalEntry(
                                Result.DENY, "host matched rule in global deny list", Optional.of(glob.text()))));
        spec.globalAllowList()
                .forEach(glob -> index.add(
                        glob,
                        new GlobalEntry(
                                Result.ALLOW, "host matched rule in global allow list", Optional.of(glob.text()))));
        return index.build();
    }

    /** What an entry of a global list does, whatever the rule. */
    private record GlobalEntry(Result result, String reason, Optional<String> matched) {}
}
