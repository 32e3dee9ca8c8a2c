package io.smokescreen.internal.policy;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.RoleExtractor;
import io.smokescreen.internal.policy.RuleSpec.MitmDomain;
import io.smokescreen.internal.yaml.Shown;
import io.smokescreen.internal.yaml.Spelling;
import io.smokescreen.internal.yaml.YamlValue;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads one rule of an ACL file. */
final class RuleReader {

    private static final List<String> KEYS = List.of(
            "name",
            "project",
            "action",
            "allowed_domains",
            "allowed_ports",
            "mitm_domains",
            "allowed_external_proxies");

    private final Set<String> disabledActions;
    private final Function<@Nullable YamlValue, List<Glob>> globs;

    /**
     * Creates one.
     *
     * @param disabledActions the actions no rule may have
     * @param globs reads a list of hosts that may be absent
     */
    RuleReader(Set<String> disabledActions, Function<@Nullable YamlValue, List<Glob>> globs) {
        disabledActions.stream()
                .filter(action -> Action.byKeyword(action).isEmpty())
                .findFirst()
                .ifPresent(action -> {
                    throw new ConfigurationException("disabled ACL action " + Shown.quoted(action)
                            + " is not an action (expected " + String.join(", ", Action.keywords()) + ")");
                });
        this.disabledActions = Set.copyOf(disabledActions);
        this.globs = globs;
    }

    RuleSpec service(YamlValue rule) {
        Map<String, YamlValue> entries = rule.entries(KEYS);
        String role = role(required(rule, entries, "name"));
        return rule(rule, entries, role);
    }

    /** The default rule may have a name, which says nothing. */
    RuleSpec defaultRule(YamlValue rule) {
        Map<String, YamlValue> entries = rule.entries(KEYS);
        YamlValue name = entries.get("name");
        if (name != null) {
            name.text();
        }
        return rule(rule, entries, "");
    }

    /** Returns the host entry that the value is. */
    static Glob glob(YamlValue entry) {
        String text = entry.text();
        Glob glob = Glob.tryParse(text);
        if (glob == null) {
            throw entry.error(GlobHint.explain(text));
        }
        return glob;
    }

    private RuleSpec rule(YamlValue rule, Map<String, YamlValue> entries, String role) {
        String project = project(entries.get("project"));
        Action action = action(required(rule, entries, "action"));
        List<Glob> allowedDomains = globs.apply(entries.get("allowed_domains"));
        List<MitmDomain> mitmDomains = MitmReader.read(entries.get("mitm_domains"), allowedDomains);
        List<Glob> proxies = proxies(entries.get("allowed_external_proxies"));
        Set<Integer> ports = ports(entries.get("allowed_ports"));
        return new RuleSpec(role, project, action, allowedDomains, mitmDomains, proxies, ports);
    }

    private static YamlValue required(YamlValue rule, Map<String, YamlValue> entries, String key) {
        YamlValue value = entries.get(key);
        if (value == null) {
            throw rule.error("the key '" + key + "' is missing");
        }
        return value;
    }

    /** What {@link RoleExtractor} does not let pass as a role can never match, so a rule for it is a mistake. */
    private static String role(YamlValue value) {
        String role = value.text();
        if (!RoleExtractor.isRole(role)) {
            throw value.error(Shown.quoted(role) + " cannot be a role (expected 1 to " + RoleExtractor.MAX_ROLE_LENGTH
                    + " characters, none of them a control character)");
        }
        return role;
    }

    private static String project(@Nullable YamlValue value) {
        String project = value == null ? "" : value.text();
        if (value != null && project.chars().anyMatch(Character::isISOControl)) {
            throw value.error(Shown.quoted(project) + " holds a control character (expected a name)");
        }
        return project;
    }

    private Action action(YamlValue value) {
        String keyword = value.text();
        Action action = Action.byKeyword(keyword)
                .orElseThrow(() -> value.error(
                        Shown.quoted(keyword) + " is not an action (expected " + String.join(", ", Action.keywords())
                                + Spelling.suggestion(keyword, Action.keywords()) + ")"));
        if (disabledActions.contains(keyword)) {
            List<String> enabled = Action.keywords().stream()
                    .filter(other -> !disabledActions.contains(other))
                    .toList();
            throw value.error("the action '" + keyword + "' is disabled (expected "
                    + (enabled.isEmpty() ? "no rule at all: every action is" : String.join(" or ", enabled)) + ")");
        }
        return action;
    }

    /** A next hop is a host to the ACL; its port is in the client's hand. */
    private List<Glob> proxies(@Nullable YamlValue list) {
        List<Glob> proxies = globs.apply(list);
        for (int i = 0; i < proxies.size(); i++) {
            Glob glob = proxies.get(i);
            if (list != null && glob.port() != Glob.ANY_PORT) {
                throw list.list()
                        .get(i)
                        .error(Shown.quoted(glob.text())
                                + " has a port; a proxy is allowed on every port (write '"
                                + (glob.below() ? "*." : "") + glob.name() + "')");
            }
        }
        return proxies;
    }

    private static Set<Integer> ports(@Nullable YamlValue list) {
        if (list == null) {
            return Set.of();
        }
        Set<Integer> ports = new TreeSet<>();
        list.list().forEach(port -> ports.add(port(port)));
        if (ports.isEmpty()) {
            throw list.error("is empty (expected at least one port; leave the key out to allow every port)");
        }
        return ports;
    }

    private static int port(YamlValue value) {
        String text = value.text();
        int port = Glob.parsePort(text, 0);
        if (port < 0) {
            throw value.error(Shown.quoted(text) + " is not a port (expected 1 to 65535)");
        }
        return port;
    }
}
