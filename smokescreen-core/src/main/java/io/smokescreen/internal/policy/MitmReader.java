package io.smokescreen.internal.policy;

import io.smokescreen.api.MitmSettings;
import io.smokescreen.internal.policy.RuleSpec.MitmDomain;
import io.smokescreen.internal.yaml.Shown;
import io.smokescreen.internal.yaml.YamlValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the {@code mitm_domains} of a rule. */
final class MitmReader {

    private static final List<String> KEYS =
            List.of("domain", "add_headers", "detailed_http_logs", "detailed_http_logs_full_headers");

    /** RFC 9110 §5.6.2. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** RFC 9110 §5.5, without obs-text: a line break here would be a second header field. */
    private static final Pattern FIELD_VALUE = Pattern.compile("([\\x21-\\x7e]([\\x20-\\x7e\\t]*[\\x21-\\x7e])?)?");

    /** The proxy writes these itself; another value would change where a message ends or whom it is for. */
    private static final Set<String> OF_THE_PROXY = Set.of(
            "connection", "content-length", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade");

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
            String lowerCase = requireToken(value, name).toLowerCase(Locale.ROOT);
            if (OF_THE_PROXY.contains(lowerCase) || lowerCase.startsWith("proxy-")) {
                throw value.error("the proxy sets the header " + Shown.quoted(name) + " itself (expected another one)");
            }
            if (!seen.add(lowerCase)) {
                throw value.error("the header " + Shown.quoted(name) + " stands twice, in another case");
            }
            if (!FIELD_VALUE.matcher(value.text()).matches()) {
                throw value.error(Shown.quoted(value.text()) + " is not the value of a header (expected printable ASCII"
                        + " on one line, without blanks at the ends)");
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
        if (!TOKEN.matcher(name).matches()) {
            throw place.error(
                    Shown.quoted(name) + " is not the name of a header (expected letters, digits and hyphens)");
        }
        return name;
    }
}
