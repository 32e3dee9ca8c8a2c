package io.smokescreen.cli;

import io.smokescreen.Acl;
import io.smokescreen.AddressRules;
import io.smokescreen.Rules;
import io.smokescreen.RulesSource;
import io.smokescreen.TlsOptions;
import io.smokescreen.api.RoleExtractor;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.TlsSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads what can change while the command runs: the config file is read again, and with it the ACL, the address rules and the
 * files of TLS. Other settings stay as they were at the start; one that changed in the file is told.
 *
 * <p>Thread safety: one thread at a time.
 */
final class ConfiguredRules implements RulesSource {

    /** The settings that {@link #load} reads. */
    static final Set<Setting<?>> RELOADABLE = Set.of(
            PolicySettings.ACL_FILE,
            PolicySettings.DISABLED_ACTIONS,
            PolicySettings.ROLES,
            PolicySettings.DENY_RANGES,
            PolicySettings.ALLOW_RANGES,
            PolicySettings.DENY_ADDRESSES,
            PolicySettings.ALLOW_ADDRESSES,
            PolicySettings.TEMPORARILY_DEFERRED_IPS,
            PolicySettings.UNSAFE_ALLOW_PRIVATE_RANGES,
            PolicySettings.ADDRESS_POLICY,
            TlsSettings.CERT_FILE,
            TlsSettings.KEY_FILE,
            TlsSettings.CLIENT_CA_FILES,
            TlsSettings.CRL_FILES,
            TlsSettings.CLIENT_AUTH,
            TlsSettings.EXPIRED_CRLS,
            TlsSettings.COMMON_NAMES,
            TlsSettings.MIN_VERSION,
            TlsSettings.PROVIDER);

    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredRules.class);

    private final Configuration atStart;
    private final Supplier<Configuration> reader;
    private Consumer<Set<Path>> beforeReading = files -> {};
    private Optional<Acl> latestAcl = Optional.empty();
    private boolean loadedBefore;

    /**
     * @param atStart the configuration that the rest of the command was made from; the first {@link #load} uses it too
     * @param reader reads the configuration again
     */
    ConfiguredRules(Configuration atStart, Supplier<Configuration> reader) {
        this.atStart = atStart;
        this.reader = reader;
    }

    @Override
    public Rules load() {
        Configuration configuration = loadedBefore ? reader.get() : atStart;
        beforeReading.accept(files(configuration));
        Rules rules = Rules.defaults().withAddressRules(addressRules(configuration));
        Optional<Acl> acl = acl(configuration);
        if (acl.isPresent()) {
            rules = rules.withAclPolicy(acl.get());
        }
        Optional<RoleExtractor> roles = RolesAssembly.extractor(configuration);
        if (roles.isPresent()) {
            rules = rules.withRoleExtractor(roles.get());
        }
        Optional<TlsOptions> tls = TlsAssembly.options(configuration);
        if (tls.isPresent()) {
            rules = rules.withTls(tls.get());
        }
        loadedBefore = true;
        latestAcl = acl;
        acl.ifPresent(this::warnOf);
        tellWhatNeedsARestart(configuration);
        return rules;
    }

    /** {@return the ACL that was last loaded, if there is one} */
    Optional<Acl> acl() {
        return latestAcl;
    }

    /** {@return every file that the first {@link #load} reads, and the config file} */
    Set<Path> filesAtStart() {
        return files(atStart);
    }

    /** Says who is told every file that is about to be read. */
    void beforeReading(Consumer<Set<Path>> listener) {
        this.beforeReading = listener;
    }

    private static Set<Path> files(Configuration configuration) {
        Set<Path> files = new HashSet<>();
        configuration.file().ifPresent(files::add);
        configuration.get(PolicySettings.ACL_FILE).ifPresent(files::add);
        configuration.get(TlsSettings.CERT_FILE).ifPresent(files::add);
        configuration.get(TlsSettings.KEY_FILE).ifPresent(files::add);
        files.addAll(configuration.get(TlsSettings.CLIENT_CA_FILES));
        files.addAll(configuration.get(TlsSettings.CRL_FILES));
        files.addAll(RolesAssembly.files(configuration));
        return files;
    }

    private void warnOf(Acl loaded) {
        loaded.warnings().forEach(LOG::warn);
        InterceptionAssembly.warning(atStart, loaded).ifPresent(LOG::warn);
    }

    private void tellWhatNeedsARestart(Configuration configuration) {
        List<Setting<?>> changed = new ArrayList<>(configuration.differences(atStart));
        changed.removeAll(RELOADABLE);
        for (Setting<?> setting : changed) {
            LOG.warn("{} has changed in the config file; it takes effect at the next start", setting.key());
        }
    }

    private static Optional<Acl> acl(Configuration configuration) {
        Set<String> disabled = Set.copyOf(configuration.get(PolicySettings.DISABLED_ACTIONS));
        return configuration
                .get(PolicySettings.ACL_FILE)
                .map(file -> configuration.check(PolicySettings.ACL_FILE, () -> Acl.fromYaml(file, disabled)));
    }

    private static AddressRules addressRules(Configuration configuration) {
        AddressRules.Builder rules = emptyRules(configuration)
                .unsafeAllowPrivateRanges(configuration.get(PolicySettings.UNSAFE_ALLOW_PRIVATE_RANGES));
        addEach(configuration, PolicySettings.DENY_RANGES, rules, AddressRules.Builder::denyRange);
        addEach(configuration, PolicySettings.ALLOW_RANGES, rules, AddressRules.Builder::allowRange);
        addEach(configuration, PolicySettings.DENY_ADDRESSES, rules, AddressRules.Builder::denyAddress);
        addEach(configuration, PolicySettings.ALLOW_ADDRESSES, rules, AddressRules.Builder::allowAddress);
        addEach(
                configuration,
                PolicySettings.TEMPORARILY_DEFERRED_IPS,
                rules,
                AddressRules.Builder::temporarilyDeferred);
        return rules.build();
    }

    /** The engine checks rules when it builds them; each is built alone first, so that an error tells where it is from. */
    private static void addEach(
            Configuration configuration,
            Setting<List<String>> setting,
            AddressRules.Builder rules,
            BiConsumer<AddressRules.Builder, String> setter) {
        configuration.applyEach(setting, text -> {
            AddressRules.Builder alone = emptyRules(configuration);
            setter.accept(alone, text);
            alone.build();
            setter.accept(rules, text);
        });
    }

    private static AddressRules.Builder emptyRules(Configuration configuration) {
        return AddressRules.builder().policy(configuration.get(PolicySettings.ADDRESS_POLICY));
    }
}
