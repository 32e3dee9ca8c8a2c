package io.smokescreen.cli;

import io.smokescreen.Acl;
import io.smokescreen.NextHopOptions;
import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.api.NextHop;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.InterceptionSettings;
import io.smokescreen.cli.config.ListenSettings;
import io.smokescreen.cli.config.NextHopSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.Settings;
import io.smokescreen.cli.config.TlsSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a proxy with a configuration would enforce, in lines for people.
 *
 * <p>The settings that decide who may reach what are told in words, be they given or not; of all others, those that were given.
 */
final class CheckSummary {

    private static final Set<Setting<?>> TOLD_IN_WORDS = Set.of(
            ListenSettings.IP,
            ListenSettings.PORT,
            TlsSettings.CERT_FILE,
            TlsSettings.CLIENT_CA_FILES,
            TlsSettings.CRL_FILES,
            InterceptionSettings.CA_CERT_FILE,
            InterceptionSettings.CA_KEY_FILE,
            NextHopSettings.HTTP,
            NextHopSettings.HTTPS,
            NextHopSettings.NO_PROXY,
            PolicySettings.ACL_FILE,
            PolicySettings.ROLES,
            PolicySettings.ALLOW_MISSING_ROLE,
            PolicySettings.ADDRESS_POLICY);

    private final Configuration settings;
    private final Optional<Acl> acl;
    private final NextHopOptions hops;
    private final List<String> lines = new ArrayList<>();

    CheckSummary(Configuration settings, Optional<Acl> acl, NextHopOptions hops) {
        this.settings = settings;
        this.acl = acl;
        this.hops = hops;
    }

    List<String> lines() {
        lines.clear();
        lines.add("The configuration is valid. A proxy with it would hold to this:");
        lines.add("");
        row("config file", settings.file().map(Object::toString).orElse("none"));
        row("listens on", listenAddress() + ", port " + settings.get(ListenSettings.PORT));
        tls();
        role();
        acl();
        row("addresses", addressPolicy());
        row("MITM", interception());
        rows("next hops", nextHops());
        rows("also set", otherSettings());
        rows("warnings", warnings());
        return List.copyOf(lines);
    }

    private String listenAddress() {
        String ip = settings.get(ListenSettings.IP);
        return ip.equals(SmokescreenBuilder.DEFAULT_LISTEN_IP) ? "every address" : ip;
    }

    private void tls() {
        String text = settings.get(TlsSettings.CERT_FILE)
                .map(file -> "certificate from " + file + ", client authorities from "
                        + files(TlsSettings.CLIENT_CA_FILES) + ", revocation lists from "
                        + files(TlsSettings.CRL_FILES))
                .orElse("none, clients connect in the clear");
        row("TLS", text);
    }

    private String files(Setting<? extends List<?>> setting) {
        List<?> files = settings.get(setting);
        return files.isEmpty() ? "none" : files.stream().map(Object::toString).collect(Collectors.joining(", "));
    }

    private void role() {
        if (acl.isEmpty()) {
            row("role", "not needed, there is no ACL");
            return;
        }
        String missing = settings.get(PolicySettings.ALLOW_MISSING_ROLE) ? "judged by the default rule" : "denied";
        List<String> sources = settings.get(PolicySettings.ROLES);
        row(
                "role",
                "from " + (sources.isEmpty() ? "common-name, or the application" : String.join(", then ", sources)));
        row("", "a client without one: " + missing);
    }

    private void acl() {
        if (acl.isEmpty()) {
            row("ACL", "none, every host is allowed whose address is");
            return;
        }
        Acl.Summary holds = acl.get().summary();
        int services = holds.open() + holds.report() + holds.enforce();
        row("ACL", settings.get(PolicySettings.ACL_FILE).map(Object::toString).orElse("of the application"));
        row(
                "",
                services + " services (" + holds.open() + " open, " + holds.report() + " report, " + holds.enforce()
                        + " enforce), " + holds.allowedDomains() + " allowed domains");
        row("", "default rule: " + holds.defaultAction().orElse("none, a role without a rule is denied"));
        row("", "global lists: " + holds.globalAllowList() + " hosts allowed, " + holds.globalDenyList() + " denied");
    }

    private String addressPolicy() {
        return switch (settings.get(PolicySettings.ADDRESS_POLICY)) {
            case STRICT -> "strict: only public ones, unless a rule says otherwise";
            case SMOKESCREEN -> "smokescreen: the table and the order of Go's Smokescreen";
        };
    }

    private String interception() {
        int domains = acl.map(rules -> rules.summary().mitmDomains()).orElse(0);
        return settings.get(InterceptionSettings.CA_CERT_FILE)
                .map(file -> domains + " mitm_domains in the ACL, in the name of the authority in " + file)
                .orElse("off");
    }

    private List<String> nextHops() {
        if (hops.http().isEmpty() && hops.https().isEmpty()) {
            return List.of("none but those that clients ask for and their rule allows");
        }
        List<String> direct = new ArrayList<>(List.of("localhost", "loopback addresses"));
        direct.addAll(hops.noProxy());
        return List.of(
                "for plain HTTP: " + text(hops.http()),
                "for all else: " + text(hops.https()),
                "not for " + String.join(", ", direct));
    }

    /** Without credentials: this goes into logs of builds. */
    private static String text(Optional<NextHop> hop) {
        return hop.map(NextHop::toString).orElse("none");
    }

    private List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        acl.ifPresent(rules -> {
            warnings.addAll(rules.warnings());
            InterceptionAssembly.warning(settings, rules).ifPresent(warnings::add);
        });
        return warnings;
    }

    private List<String> otherSettings() {
        return Settings.ALL.stream()
                .filter(setting -> settings.isGiven(setting) && !TOLD_IN_WORDS.contains(setting))
                .map(setting -> setting.key() + ": " + String.join(", ", settings.texts(setting)))
                .toList();
    }

    private void rows(String name, List<String> texts) {
        for (int i = 0; i < texts.size(); i++) {
            row(i == 0 ? name : "", texts.get(i));
        }
    }

    private void row(String name, String text) {
        lines.add(String.format(Locale.ROOT, "%-12s %s", name, text).stripTrailing());
    }
}
