package io.smokescreen.cli;

import io.smokescreen.RoleExtractors;
import io.smokescreen.api.RoleExtractor;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.PolicySettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the list of role sources amounts to: a chain in which the first that finds a role counts. */
final class RolesAssembly {

    private static final Pattern BASIC = Pattern.compile("basic=(.+)");
    private static final Pattern HEADER = Pattern.compile("header=([^@]+)@(.+)");
    private static final Pattern SOURCE = Pattern.compile("source=([^=]+)=(.+)");

    private RolesAssembly() {}

    /**
     * {@return the chain, if one is configured}
     *
     * @throws io.smokescreen.api.ConfigurationException if an entry is none, or its file cannot be used
     */
    static Optional<RoleExtractor> extractor(Configuration configuration) {
        List<RoleExtractor> chain = new ArrayList<>();
        configuration.applyEach(PolicySettings.ROLES, text -> chain.add(source(text)));
        return chain.stream().reduce(RoleExtractor::orElse);
    }

    /** {@return the files that {@link #extractor} reads} */
    static List<Path> files(Configuration configuration) {
        return configuration.get(PolicySettings.ROLES).stream()
                .map(BASIC::matcher)
                .filter(Matcher::matches)
                .map(matcher -> Path.of(matcher.group(1)))
                .toList();
    }

    private static RoleExtractor source(String text) {
        Matcher basic = BASIC.matcher(text);
        Matcher header = HEADER.matcher(text);
        Matcher source = SOURCE.matcher(text);
        if (basic.matches()) {
            return RoleExtractors.basic(Path.of(basic.group(1)));
        }
        if (header.matches()) {
            return RoleExtractors.header(
                    header.group(1), List.of(header.group(2).split(",", -1)));
        }
        if (source.matches()) {
            return RoleExtractors.source(Map.of(source.group(1), source.group(2)));
        }
        return ofCertificate(text);
    }

    private static RoleExtractor ofCertificate(String text) {
        return switch (text) {
            case "common-name" -> RoleExtractors.commonName();
            case "organizational-unit" -> RoleExtractors.organizationalUnit();
            case "dns-name" -> RoleExtractors.dnsName();
            case "spiffe-id" -> RoleExtractors.spiffeId();
            default ->
                throw new IllegalArgumentException(
                        "'" + text + "' is not a source of roles (expected common-name,"
                                + " organizational-unit, dns-name, spiffe-id, header=NAME@RANGE[,RANGE], basic=FILE or source=RANGE=ROLE)");
        };
    }
}
