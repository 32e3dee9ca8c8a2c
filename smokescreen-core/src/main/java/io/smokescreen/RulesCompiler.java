package io.smokescreen;

import io.smokescreen.api.AddressFilter;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.RoleExtractor;
import io.smokescreen.internal.address.GuardedAddressFilter;
import io.smokescreen.internal.address.SelfConnections;
import io.smokescreen.internal.address.VettingRules;
import io.smokescreen.internal.exchange.Decisions;
import io.smokescreen.internal.exchange.Ruleset;
import io.smokescreen.internal.policy.GuardedAclPolicy;
import io.smokescreen.internal.policy.GuardedRoleExtractor;
import io.smokescreen.internal.tls.TlsContext;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From rules to what the engine decides by. Everything that can be wrong with them is found here. */
final class RulesCompiler {

    private final @Nullable RoleExtractor roleExtractor;
    private final boolean allowMissingRole;
    private final boolean looksInside;
    private final SelfConnections self;
    private final @Nullable AddressFilter addressFilter;

    /**
     * @param roleExtractor tells the role; null: the rules say who does, or else the common name
     * @param allowMissingRole whether a client without a role is judged by the ACL all the same
     * @param looksInside whether the proxy has an authority to look into tunnels
     * @param self the proxy's own addresses
     * @param addressFilter replaces the address rules
     */
    RulesCompiler(
            @Nullable RoleExtractor roleExtractor,
            boolean allowMissingRole,
            boolean looksInside,
            SelfConnections self,
            @Nullable AddressFilter addressFilter) {
        this.roleExtractor = roleExtractor;
        this.allowMissingRole = allowMissingRole;
        this.looksInside = looksInside;
        this.self = self;
        this.addressFilter = addressFilter;
    }

    /**
     * {@return the rules a proxy starts with, compiled}
     *
     * @throws ConfigurationException if they cannot be used
     */
    ActiveRules compile(Rules rules) {
        return compile(rules, rules.tls().map(TlsOptions::newContext));
    }

    /**
     * {@return the rules that are to replace others, compiled}
     *
     * @throws ConfigurationException if they cannot be used, or not instead of the others
     */
    ActiveRules compile(Rules rules, ActiveRules before) {
        if (rules.aclPolicy().isEmpty() && before.rules().aclPolicy().isPresent()) {
            throw new ConfigurationException(
                    "there is no ACL any more (expected one: without it every host would be allowed; restart to do that)");
        }
        if (rules.tls().isPresent() != before.rules().tls().isPresent()) {
            throw new ConfigurationException("TLS towards clients was "
                    + (rules.tls().isPresent() ? "switched on (expected none" : "switched off (expected some")
                    + " as at the start; restart to change that)");
        }
        // Clients go on resuming their sessions where nothing changed.
        Optional<TlsContext> tls = rules.tls().equals(before.rules().tls())
                ? before.tls()
                : rules.tls().map(TlsOptions::newContext);
        return compile(rules, tls);
    }

    private ActiveRules compile(Rules rules, Optional<TlsContext> tls) {
        Decisions decisions =
                new Decisions(rules.aclPolicy().map(GuardedAclPolicy::new).orElse(null), allowMissingRole, looksInside);
        GuardedRoleExtractor roles = new GuardedRoleExtractor(roles(rules));
        Ruleset ruleset = new Ruleset(roles, decisions, addresses(rules.addressRules()));
        return new ActiveRules(rules, ruleset, tls, Instant.now());
    }

    private RoleExtractor roles(Rules rules) {
        if (roleExtractor == null) {
            return rules.roleExtractor().orElseGet(RoleExtractors::commonName);
        }
        if (rules.roleExtractor().isPresent()) {
            throw new ConfigurationException(
                    "the rules say where roles come from, and so does the builder's roleExtractor"
                            + " (expected one of them)");
        }
        return roleExtractor;
    }

    private VettingRules addresses(AddressRules rules) {
        if (addressFilter == null) {
            boolean strict = rules.policy() == AddressPolicy.STRICT;
            return new VettingRules(
                    new GuardedAddressFilter(self, strict, rules.toFilter()), rules.temporarilyDeferred());
        }
        if (rules != AddressRules.defaults()) {
            throw new ConfigurationException("address rules were loaded, and the builder has an addressFilter, which"
                    + " replaces them (expected AddressRules.defaults())");
        }
        return new VettingRules(new GuardedAddressFilter(self, true, addressFilter), rules.temporarilyDeferred());
    }
}
