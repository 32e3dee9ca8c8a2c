package io.smokescreen.internal.policy;

import java.util.List;
import java.util.Optional;

/**
 * An ACL as the file says it, checked.
 *
 * @param services the rules, one for each role
 * @param defaultRule the rule of all other roles
 * @param globalAllowList hosts that every rule allows, unless the deny list names them
 * @param globalDenyList hosts that are denied unless a rule itself allows them
 * @param warnings what is legal and probably not meant
 */
record AclSpec(
        List<RuleSpec> services,
        Optional<RuleSpec> defaultRule,
        List<Glob> globalAllowList,
        List<Glob> globalDenyList,
        List<String> warnings) {}
