package io.smokescreen.internal.policy;

import io.smokescreen.api.MitmSettings;
import io.smokescreen.internal.policy.RuleSpec.MitmDomain;
import io.smokescreen.internal.request.AddedFields;
import io.smokescreen.internal.yaml.Shown;
import io.smokescreen.internal.yaml.YamlValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the {@code mitm_domains} of a rule. */
final class MitmReader {

    private static final List<String> KEYS =
            List.of("domain", "add_headers", "detailed_http_logs", "detailed_http_logs_full_headers");

    private MitmReader() {}

    static List<MitmDomain> read(@Nullable YamlValue list, List<Glob> allowedDomains) {
        if (list == null) {
            return List.of();
        }
        Set<Glob> allowed = new HashSet<>(allowedDomains);
        List<MitmDomain> domains = new ArrayList<>();
        for (YamlValue entry : list.list()) {
            domains.add(domain(entry, allowed));
        }
        return domains;
    }

    private static MitmDomain domain(YamlValue entry, Set<Glob> allowed) {
        Map<String, YamlValue> entries = entry.entries(KEYS);
        YamlValue domain = entries.get("domain");
        if (domain == null) {
            throw entry.error("the key 'domain' is missing");
        }
        Glob glob = RuleReader.glob(domain);
        if (!allowed.contains(glob)) {
            throw domain.error(Shown.quoted(glob.text())
                    + " is not in allowed_domains of the same rule (expected the same entry there)");
        }
        YamlValue logs = entries.get("detailed_http_logs");
        return new MitmDomain(
                glob,
                new MitmSettings(
                        addHeaders(entries.get("add_headers")),
                        logs != null && logs.bool(),
                        headerNames(entries.get("detailed_http_logs_full_headers"))));
    }

    private static Map<String, String> addHeaders(@Nullable YamlValue headers) {
        if (headers == null) {
            return Map.of();
        }
        Map<String, String> added = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        headers.entries().forEach((name, value) -> {
            requireToken(value, name);
            try {
                AddedFields.of(Map.of(name, value.text()));
            } catch (IllegalArgumentException e) {
                throw value.error(String.valueOf(e.getMessage()));
            }
            if (!seen.add(name.toLowerCase(Locale.ROOT))) {
                throw value.error("the header " + Shown.quoted(name) + " stands twice, in another case");
            }
            added.put(name, value.text());
        });
        return added;
    }

    private static List<String> headerNames(@Nullable YamlValue list) {
        return list == null
                ? List.of()
                : list.list().stream()
                        .map(name -> requireToken(name, name.text()))
                        .toList();
    }

    private static String requireToken(YamlValue place, String name) {
        if (!AddedFields.isFieldName(name)) {
            throw place.error(
                    Shown.quoted(name) + " is not the name of a header (expected letters, digits and hyphens)");
        }
        return name;
    }
}
