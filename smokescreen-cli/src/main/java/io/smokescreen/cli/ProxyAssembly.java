package io.smokescreen.cli;

import io.smokescreen.Acl;
import io.smokescreen.AddressRules;
import io.smokescreen.ResolverOptions;
import io.smokescreen.Smokescreen;
import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.TimeoutOptions;
import io.smokescreen.api.ConfigurationException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * From flags to a builder. Each value the engine refuses is reported under the name of its flag.
 *
 * @param flags what was asked for
 * @param acl the ACL that was loaded, if one was asked for
 * @param builder ready to start
 */
record ProxyAssembly(SmokescreenCommand flags, Optional<Acl> acl, SmokescreenBuilder builder) {

    /**
     * Loads the files and checks everything that can be checked before a socket is opened.
     *
     * @throws InvalidFlagException if a value is not valid
     */
    static ProxyAssembly of(SmokescreenCommand flags) {
        SmokescreenBuilder builder = Smokescreen.builder()
                .allowMissingRole(flags.access.allowMissingRole)
                .addressRules(rules(flags.addresses));
        check("--listen-ip", () -> builder.listen(flags.listening.ip, 0));
        check("--listen-port", () -> builder.listen(flags.listening.ip, flags.listening.port));
        check("--timeout", () -> builder.timeouts(TimeoutOptions.defaults().withConnect(flags.connecting.timeout)));
        check("--dns-timeout", () -> builder.resolverOptions(resolverOptions(flags.connecting)));
        check("--additional-error-message-on-deny", () -> builder.denyMessageExtra(flags.access.denyMessageExtra));
        Optional<Acl> acl = flags.access.aclFile.map(file -> check("--egress-acl-file", () -> Acl.fromYaml(file)));
        acl.ifPresent(builder::aclPolicy);
        return new ProxyAssembly(flags, acl, builder);
    }

    /** Rules are parsed when they are built, so each flag's are built alone first: then the flag to name is known. */
    private static AddressRules rules(SmokescreenCommand.Addresses flags) {
        Map<String, UnaryOperator<AddressRules.Builder>> setters = new LinkedHashMap<>();
        setters.put("--deny-range", each(flags.denyRanges, AddressRules.Builder::denyRange));
        setters.put("--allow-range", each(flags.allowRanges, AddressRules.Builder::allowRange));
        setters.put("--deny-address", each(flags.denyAddresses, AddressRules.Builder::denyAddress));
        setters.put("--allow-address", each(flags.allowAddresses, AddressRules.Builder::allowAddress));
        AddressRules.Builder rules =
                AddressRules.builder().policy(flags.policy).unsafeAllowPrivateRanges(flags.unsafeAllowPrivateRanges);
        for (Map.Entry<String, UnaryOperator<AddressRules.Builder>> setter : setters.entrySet()) {
            AddressRules.Builder alone = AddressRules.builder().policy(flags.policy);
            check(setter.getKey(), () -> setter.getValue().apply(alone).build());
            rules = setter.getValue().apply(rules);
        }
        return rules.build();
    }

    private static UnaryOperator<AddressRules.Builder> each(
            List<String> values, BiFunction<AddressRules.Builder, String, AddressRules.Builder> setter) {
        return builder -> {
            AddressRules.Builder result = builder;
            for (String value : values) {
                result = setter.apply(result, value);
            }
            return result;
        };
    }

    private static ResolverOptions resolverOptions(SmokescreenCommand.Connecting flags) {
        return ResolverOptions.servers(flags.resolvers).withTimeout(flags.dnsTimeout);
    }

    private static <T> T check(String flag, Supplier<T> setter) {
        try {
            return setter.get();
        } catch (IllegalArgumentException | ConfigurationException e) {
            throw new InvalidFlagException(flag, e);
        }
    }
}
