package io.smokescreen.internal.policy;

import io.smokescreen.api.MitmSettings;
import io.smokescreen.internal.yaml.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares two ACLs, rule by rule; used once. */
final class AclComparison {

    private final AclIndex before;
    private final AclIndex after;
    private final Excerpt names = new Excerpt();
    private final List<String> lines = new ArrayList<>();
    private int servicesChanged;
    private int globsAdded;
    private int globsRemoved;

    AclComparison(AclIndex before, AclIndex after) {
        this.before = before;
        this.after = after;
    }

    AclDiff diff() {
        ListDiff services = services();
        changedServices();
        AclRule oldDefault = before.defaultRule();
        AclRule newDefault = after.defaultRule();
        if (oldDefault == null || newDefault == null) {
            addedOrRemovedDefault(oldDefault, newDefault);
        } else {
            line("default rule: ", compare(oldDefault, newDefault));
        }
        line("global_allow_list: ", globs(before.globalAllowList(), after.globalAllowList()));
        line("global_deny_list: ", globs(before.globalDenyList(), after.globalDenyList()));
        return new AclDiff(
                services.added().size(), services.removed().size(), servicesChanged, globsAdded, globsRemoved, lines);
    }

    private ListDiff services() {
        ListDiff services = ListDiff.between(
                List.copyOf(before.rules().keySet()), List.copyOf(after.rules().keySet()));
        services.added().forEach(role -> globsAdded += globsOf(after.rules().get(role)));
        services.removed()
                .forEach(role -> globsRemoved += globsOf(before.rules().get(role)));
        ListDiff quoted = new ListDiff(quoted(services.added()), quoted(services.removed()));
        line("services: ", quoted.text(names));
        return services;
    }

    private void changedServices() {
        for (Map.Entry<String, AclRule> entry : after.rules().entrySet()) {
            AclRule old = before.rules().get(entry.getKey());
            String change = old == null ? "" : compare(old, entry.getValue());
            if (!change.isEmpty() && ++servicesChanged <= Excerpt.MAX_NAMES) {
                line("service " + Shown.quoted(entry.getKey()) + ": ", change);
            }
        }
        if (servicesChanged > Excerpt.MAX_NAMES) {
            lines.add("services: " + (servicesChanged - Excerpt.MAX_NAMES) + " more changed");
        }
    }

    private void addedOrRemovedDefault(@Nullable AclRule old, @Nullable AclRule now) {
        if (old != null) {
            globsRemoved += globsOf(old);
            lines.add("default rule: removed");
        } else if (now != null) {
            globsAdded += globsOf(now);
            lines.add("default rule: added, action " + now.action().keyword());
        }
    }

    /** Returns what differs between two rules in words, or the empty string. */
    private String compare(AclRule old, AclRule now) {
        List<String> parts = new ArrayList<>();
        part(parts, "action", old.action().keyword(), now.action().keyword());
        part(parts, "project", Shown.quoted(old.project()), Shown.quoted(now.project()));
        part(parts, "allowed_ports", old.portsText(), now.portsText());
        part(parts, "allowed_domains", globs(old.allowedDomains(), now.allowedDomains()));
        part(parts, "allowed_external_proxies", globs(old.allowedExternalProxies(), now.allowedExternalProxies()));
        part(parts, "mitm_domains", mitm(old, now));
        return String.join("; ", parts);
    }

    private String globs(List<String> old, List<String> now) {
        ListDiff diff = ListDiff.between(old, now);
        globsAdded += diff.added().size();
        globsRemoved += diff.removed().size();
        return diff.text(names);
    }

    /** Entries stand in allowed_domains too, where they are counted. Settings may hold secrets, and are not shown. */
    private String mitm(AclRule old, AclRule now) {
        Map<String, MitmSettings> oldSettings = old.mitmDomains();
        Map<String, MitmSettings> newSettings = now.mitmDomains();
        ListDiff domains = ListDiff.between(List.copyOf(oldSettings.keySet()), List.copyOf(newSettings.keySet()));
        List<String> changed = newSettings.entrySet().stream()
                .filter(entry -> oldSettings.containsKey(entry.getKey()))
                .filter(entry -> !entry.getValue().equals(oldSettings.get(entry.getKey())))
                .map(Map.Entry::getKey)
                .toList();
        List<String> parts = new ArrayList<>();
        if (!domains.isEmpty()) {
            parts.add(domains.text(names));
        }
        if (!changed.isEmpty()) {
            parts.add(changed.size() + " changed" + names.of(changed));
        }
        return String.join(", ", parts);
    }

    private static int globsOf(@Nullable AclRule rule) {
        return rule == null
                ? 0
                : rule.allowedDomains().size() + rule.allowedExternalProxies().size();
    }

    private void line(String what, String change) {
        if (!change.isEmpty()) {
            lines.add(what + change);
        }
    }

    private static void part(List<String> parts, String key, String old, String now) {
        if (!old.equals(now)) {
            parts.add(key + " " + old + " -> " + now);
        }
    }

    private static void part(List<String> parts, String key, String change) {
        if (!change.isEmpty()) {
            parts.add(key + " " + change);
        }
    }

    private static List<String> quoted(List<String> roles) {
        return roles.stream().map(Shown::quoted).toList();
    }
}
