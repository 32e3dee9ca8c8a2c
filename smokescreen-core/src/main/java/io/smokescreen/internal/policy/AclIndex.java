package io.smokescreen.internal.policy;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AclDecision.Result;
import io.smokescreen.api.AclPolicy;
import io.smokescreen.api.AclRequest;
import java.util.HashMap;
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
    private static final String GLOBALLY_DENIED = "host matched rule in global deny list";
    private static final String GLOBALLY_ALLOWED = "host matched rule in global allow list";

    private final Map<String, AclRule> rules = new HashMap<>();
    private final @Nullable AclRule defaultRule;
    private final HostIndex<Optional<String>> globalDenyList;
    private final HostIndex<Optional<String>> globalAllowList;
    private final List<String> warnings;

    AclIndex(AclSpec spec) {
        spec.services().forEach(rule -> rules.put(rule.role(), new AclRule(rule, false)));
        this.defaultRule =
                spec.defaultRule().map(rule -> new AclRule(rule, true)).orElse(null);
        this.globalDenyList = index(spec.globalDenyList());
        this.globalAllowList = index(spec.globalAllowList());
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
        String host = request.destination().host().text();
        int port = request.destination().port();
        Optional<String> denied = globalDenyList.find(host, port);
        if (denied != null) {
            return rule.decision(Result.DENY, GLOBALLY_DENIED, denied);
        }
        Optional<String> allowed = globalAllowList.find(host, port);
        if (allowed != null) {
            return rule.decision(Result.ALLOW, GLOBALLY_ALLOWED, allowed);
        }
        return rule.decideByAction();
    }

    /**
     * {@return what is legal in the file and probably not meant, for the caller to log}
     */
    public List<String> warnings() {
        return warnings;
    }

    private @Nullable AclRule ruleOf(Optional<String> role) {
        AclRule own = role.isPresent() ? rules.get(role.get()) : null;
        return own == null ? defaultRule : own;
    }

    private static HostIndex<Optional<String>> index(List<Glob> globs) {
        HostIndex.Builder<Optional<String>> index = HostIndex.builder();
        globs.forEach(glob -> index.add(glob, Optional.of(glob.text())));
        return index.build();
    }
}
