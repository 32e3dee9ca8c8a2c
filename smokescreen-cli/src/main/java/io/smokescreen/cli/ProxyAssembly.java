package io.smokescreen.cli;

import io.smokescreen.Acl;
import io.smokescreen.AddressRules;
import io.smokescreen.ResolverOptions;
import io.smokescreen.Smokescreen;
import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.TimeoutOptions;
import io.smokescreen.api.ConfigurationException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

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

    private static AddressRules rules(SmokescreenCommand.Addresses flags) {
        AddressRules.Builder rules =
                AddressRules.builder().policy(flags.policy).unsafeAllowPrivateRanges(flags.unsafeAllowPrivateRanges);
        checkEach("--deny-range", flags.denyRanges, rules::denyRange);
        checkEach("--allow-range", flags.allowRanges, rules::allowRange);
        checkEach("--deny-address", flags.denyAddresses, rules::denyAddress);
        checkEach("--allow-address", flags.allowAddresses, rules::allowAddress);
        return rules.build();
    }

    private static ResolverOptions resolverOptions(SmokescreenCommand.Connecting flags) {
        return ResolverOptions.servers(flags.resolvers).withTimeout(flags.dnsTimeout);
    }

    private static void checkEach(String flag, List<String> values, Consumer<String> setter) {
        for (String value : values) {
            check(flag, () -> {
                setter.accept(value);
                return value;
            });
        }
    }

    private static <T> T check(String flag, Supplier<T> setter) {
        try {
            return setter.get();
        } catch (IllegalArgumentException | ConfigurationException e) {
            throw new InvalidFlagException(flag, e);
        }
    }
}
