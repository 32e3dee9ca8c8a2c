package io.smokescreen.internal.policy;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.internal.yaml.Shown;
import io.smokescreen.internal.yaml.YamlDocument;
import io.smokescreen.internal.yaml.YamlText;
import io.smokescreen.internal.yaml.YamlValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads an ACL in YAML, {@code version: v1}. A file with anything in it that is not understood is refused as a whole: the
 * first error ends the reading, and says file, line, column, key, value and what would be right.
 */
public final class AclFile {

    private static final String VERSION = "v1";
    private static final List<String> KEYS =
            List.of("version", "services", "default", "global_allow_list", "global_deny_list");

    private final YamlValue document;
    private final RuleReader rules;
    private final List<String> warnings = new ArrayList<>();

    private AclFile(String source, String text, Set<String> disabledActions) {
        this.rules = new RuleReader(disabledActions, this::globs);
        this.document = YamlDocument.parse(source, text, "an ACL in YAML");
    }

    /**
     * Reads a file.
     *
     * @param file the file, in UTF-8
     * @param disabledActions the actions no rule may have (Go: {@code --disable-acl-policy-action})
     * @return the ACL
     * @throws ConfigurationException if the file cannot be read or is not a valid ACL
     */
    public static AclIndex read(Path file, Set<String> disabledActions) {
        return parse(file.toString(), YamlText.read(file), disabledActions);
    }

    /**
     * Reads a text.
     *
     * @param source what to call the text in errors, for example where it is from
     * @param text the text
     * @param disabledActions the actions no rule may have
     * @return the ACL
     * @throws ConfigurationException if the text is not a valid ACL
     */
    public static AclIndex parse(String source, String text, Set<String> disabledActions) {
        return new AclIndex(new AclFile(source, text, disabledActions).spec());
    }

    private AclSpec spec() {
        Map<String, YamlValue> entries = document.entries(KEYS);
        version(entries.get("version"));
        YamlValue services = entries.get("services");
        if (services == null) {
            throw document.error("the key 'services' is missing (expected a list of rules, '[]' for none)");
        }
        List<RuleSpec> serviceRules = services(services);
        Optional<RuleSpec> defaultRule =
                Optional.ofNullable(entries.get("default")).map(rules::defaultRule);
        if (defaultRule.isEmpty()) {
            warnings.add(document.place() + ": no default rule: a role without a rule of its own is denied");
        }
        return new AclSpec(
                serviceRules,
                defaultRule,
                globs(entries.get("global_allow_list")),
                globs(entries.get("global_deny_list")),
                warnings);
    }

    private void version(@Nullable YamlValue version) {
        if (version == null) {
            throw document.error("the key 'version' is missing (expected 'version: " + VERSION + "')");
        }
        if (!version.text().equals(VERSION)) {
            throw version.error(Shown.quoted(version.text()) + " is not a known version (expected '" + VERSION + "')");
        }
    }

    private List<RuleSpec> services(YamlValue services) {
        Map<String, YamlValue> placeOfRole = new LinkedHashMap<>();
        List<RuleSpec> specs = new ArrayList<>();
        for (YamlValue service : services.list()) {
            RuleSpec rule = rules.service(service);
            YamlValue first = placeOfRole.putIfAbsent(rule.role(), service);
            if (first != null) {
                throw service.error("a second rule for service " + Shown.quoted(rule.role()) + " (the first is at "
                        + first.line() + "; expected one rule for each service)");
            }
            specs.add(rule);
        }
        return specs;
    }

    /** Returns the hosts of a list that may be absent, and warns where an entry opens more than anybody will have meant. */
    private List<Glob> globs(@Nullable YamlValue list) {
        if (list == null) {
            return List.of();
        }
        List<Glob> globs = new ArrayList<>();
        for (YamlValue entry : list.list()) {
            Glob glob = RuleReader.glob(entry);
            if (glob.isTopLevelDomain()) {
                warnings.add(entry.error(Shown.quoted(glob.text()) + " matches every host of a top-level domain")
                        .getMessage());
            }
            globs.add(glob);
        }
        return globs;
    }
}
