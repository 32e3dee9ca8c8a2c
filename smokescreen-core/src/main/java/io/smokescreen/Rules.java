package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.AclPolicy;
import io.smokescreen.api.RoleExtractor;
import java.util.Optional;

/**
 * Everything that can be replaced while a proxy runs, as one value: the proxy goes over from one to the next at once, so
 * that no request is decided by parts of two.
 *
 * <p>Where there is an ACL, or TLS, at the start, there must be one after each reload: a source that lost it to a mistake
 * must not open the proxy. An ACL can be added by a reload, TLS cannot, because clients that connect in the clear would
 * be cut off.
 *
 * <p>Thread safety: immutable, if the policy is.
 *
 * @param roleExtractor tells a client's role; empty: {@link SmokescreenBuilder#roleExtractor} does
 * @param aclPolicy decides which role may reach which host; empty: no role is needed and every host is allowed
 * @param addressRules judge addresses
 * @param tls TLS towards clients; empty: they connect in the clear
 * @see RulesSource
 */
public record Rules(
        Optional<RoleExtractor> roleExtractor,
        Optional<AclPolicy> aclPolicy,
        AddressRules addressRules,
        Optional<TlsOptions> tls) {

    private static final Rules DEFAULTS =
            new Rules(Optional.empty(), Optional.empty(), AddressRules.defaults(), Optional.empty());

    /** Checks that nothing is null. */
    public Rules {
        requireNonNull(roleExtractor, "roleExtractor");
        requireNonNull(aclPolicy, "aclPolicy");
        requireNonNull(addressRules, "addressRules");
        requireNonNull(tls, "tls");
    }

    /** {@return no ACL, {@link AddressRules#defaults()}, no TLS} */
    public static Rules defaults() {
        return DEFAULTS;
    }

    /**
     * {@return these with somebody who tells a client's role}
     *
     * @param value the extractor, for example {@link RoleExtractors#basic}, which then reads its file anew at each reload
     */
    public Rules withRoleExtractor(RoleExtractor value) {
        return new Rules(Optional.of(value), aclPolicy, addressRules, tls);
    }

    /**
     * {@return these with an ACL}
     *
     * @param value the policy, for example {@link Acl#fromYaml}
     */
    public Rules withAclPolicy(AclPolicy value) {
        return new Rules(roleExtractor, Optional.of(value), addressRules, tls);
    }

    /**
     * {@return these with other address rules}
     *
     * @param value the rules
     */
    public Rules withAddressRules(AddressRules value) {
        return new Rules(roleExtractor, aclPolicy, value, tls);
    }

    /**
     * {@return these with TLS towards clients}
     *
     * @param value certificate and client authorities
     */
    public Rules withTls(TlsOptions value) {
        return new Rules(roleExtractor, aclPolicy, addressRules, Optional.of(value));
    }
}
