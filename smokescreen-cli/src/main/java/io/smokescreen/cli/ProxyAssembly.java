package io.smokescreen.cli;

import io.smokescreen.Acl;
import io.smokescreen.AddressRules;
import io.smokescreen.ResolverOptions;
import io.smokescreen.Smokescreen;
import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.TimeoutOptions;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.ConnectSettings;
import io.smokescreen.cli.config.ListenSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.cli.config.Setting;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What the settings amount to: a builder. What the engine refuses becomes an error that begins with the place of the value. */
final class ProxyAssembly {

    private final Configuration configuration;
    private final Consumer<SmokescreenBuilder> customization;

    ProxyAssembly(Configuration configuration, Consumer<SmokescreenBuilder> customization) {
        this.configuration = configuration;
        this.customization = customization;
    }

    Configuration configuration() {
        return configuration;
    }

    /**
     * {@return a builder with every setting, and what the host application changed}
     *
     * @throws io.smokescreen.api.ConfigurationException if a value is not valid
     */
    SmokescreenBuilder builder() {
        SmokescreenBuilder builder = Smokescreen.builder()
                .allowMissingRole(configuration.get(PolicySettings.ALLOW_MISSING_ROLE))
                .denyMessageExtra(configuration.get(PolicySettings.DENY_MESSAGE_EXTRA))
                .addressRules(addressRules())
                .resolverOptions(resolverOptions())
                .timeouts(timeouts())
                .eventLoopThreads(configuration.get(ListenSettings.EVENT_LOOP_THREADS))
                .transport(configuration.get(ListenSettings.TRANSPORT));
        configuration.check(
                ListenSettings.IP,
                () -> builder.listen(configuration.get(ListenSettings.IP), configuration.get(ListenSettings.PORT)));
        acl().ifPresent(builder::aclPolicy);
        customization.accept(builder);
        return builder;
    }

    Optional<Acl> acl() {
        Set<String> disabled = Set.copyOf(configuration.get(PolicySettings.DISABLED_ACTIONS));
        return configuration
                .get(PolicySettings.ACL_FILE)
                .map(file -> configuration.check(PolicySettings.ACL_FILE, () -> Acl.fromYaml(file, disabled)));
    }

    private AddressRules addressRules() {
        AddressRules.Builder rules =
                emptyRules().unsafeAllowPrivateRanges(configuration.get(PolicySettings.UNSAFE_ALLOW_PRIVATE_RANGES));
        addEach(PolicySettings.DENY_RANGES, rules, AddressRules.Builder::denyRange);
        addEach(PolicySettings.ALLOW_RANGES, rules, AddressRules.Builder::allowRange);
        addEach(PolicySettings.DENY_ADDRESSES, rules, AddressRules.Builder::denyAddress);
        addEach(PolicySettings.ALLOW_ADDRESSES, rules, AddressRules.Builder::allowAddress);
        addEach(PolicySettings.TEMPORARILY_DEFERRED_IPS, rules, AddressRules.Builder::temporarilyDeferred);
        return rules.build();
    }

    /** The engine checks rules when it builds them; each is built alone first, so that an error tells where it is from. */
    private void addEach(
            Setting<List<String>> setting,
            AddressRules.Builder rules,
            BiConsumer<AddressRules.Builder, String> setter) {
        configuration.applyEach(setting, text -> {
            AddressRules.Builder alone = emptyRules();
            setter.accept(alone, text);
            alone.build();
            setter.accept(rules, text);
        });
    }

    private AddressRules.Builder emptyRules() {
        return AddressRules.builder().policy(configuration.get(PolicySettings.ADDRESS_POLICY));
    }

    private ResolverOptions resolverOptions() {
        return ResolverOptions.servers(configuration.get(ConnectSettings.RESOLVER_ADDRESSES))
                .withTimeout(configuration.get(ConnectSettings.DNS_TIMEOUT))
                .withNetwork(configuration.get(ConnectSettings.NETWORK))
                .withCacheEntries(configuration.get(ConnectSettings.DNS_CACHE_ENTRIES));
    }

    private TimeoutOptions timeouts() {
        return TimeoutOptions.defaults()
                .withConnect(configuration.get(ConnectSettings.CONNECT_TIMEOUT))
                .withReadHeader(configuration.get(ConnectSettings.READ_HEADER_TIMEOUT))
                .withKeepAlive(configuration.get(ConnectSettings.KEEP_ALIVE_TIMEOUT))
                .withResponse(configuration.get(ConnectSettings.RESPONSE_TIMEOUT))
                .withIdle(configuration.get(ConnectSettings.IDLE_TIMEOUT));
    }
}
