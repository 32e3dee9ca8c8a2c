package io.smokescreen.cli.config;

import static io.smokescreen.cli.config.Setting.define;
import static io.smokescreen.cli.config.Topic.ACCESS;
import static io.smokescreen.cli.config.Topic.ADDRESSES;

import io.smokescreen.AddressPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which role may reach which host, and which addresses may be reached at all. */
public final class PolicySettings {

    /** The ACL. */
    public static final Setting<Optional<Path>> ACL_FILE = define(ACCESS, "--egress-acl-file", "acl_file")
            .takes("FILE")
            .means("Validate egress traffic against the ACL in FILE (YAML).")
            .asOptional(Texts::path, "none, every host is allowed whose address is");

    /** What tells a client's role. */
    public static final Setting<List<String>> ROLES = define(ACCESS, "--role-source", "roles")
            .takes("SOURCE")
            .means("Take the client's role from SOURCE; of several the first that finds one counts. 'common-name',"
                    + " 'organizational-unit', 'dns-name' and 'spiffe-id' of the client's certificate; 'header=NAME@RANGE[,RANGE]' a header sent from these"
                    + " ranges; 'basic=FILE' the user of Proxy-Authorization, with passwords in FILE (htpasswd, bcrypt);"
                    + " 'source=RANGE=ROLE' that role for clients in RANGE.")
            .asList(Texts::some, "common-name");

    /** Whether the default rule applies to clients without a role. */
    public static final Setting<Boolean> ALLOW_MISSING_ROLE = define(
                    ACCESS, "--allow-missing-role", "allow_missing_role")
            .means("Judge a client without a role by the ACL's default rule, instead of denying it.")
            .asSwitch(false);

    /** What denied clients are told besides. */
    public static final Setting<String> DENY_MESSAGE_EXTRA = define(
                    ACCESS, "--additional-error-message-on-deny", "deny_message_extra")
            .takes("MESSAGE")
            .means("Add MESSAGE to the response of a denied request, to tell people where to ask.")
            .as(text -> text, "", "none");

    /** Actions that no rule may have. */
    public static final Setting<List<String>> DISABLED_ACTIONS = define(
                    ACCESS, "--disable-acl-policy-action", "disabled_acl_policy_actions")
            .takes("ACTION")
            .means("Refuse an ACL in which a rule has ACTION (open, report or enforce).")
            .asList(Texts.oneOf(List.of("open", "report", "enforce"), word -> word), "none");

    /** Blocks that are denied. */
    public static final Setting<List<String>> DENY_RANGES = define(ADDRESSES, "--deny-range", "deny_ranges")
            .takes("RANGE")
            .means("Add RANGE (in CIDR notation) to the blocked address ranges.")
            .asAddingList("none");

    /** Blocks that are allowed. */
    public static final Setting<List<String>> ALLOW_RANGES = define(ADDRESSES, "--allow-range", "allow_ranges")
            .takes("RANGE")
            .means("Add RANGE (in CIDR notation) to the allowed address ranges.")
            .asAddingList("none");

    /** Addresses that are denied. */
    public static final Setting<List<String>> DENY_ADDRESSES = define(ADDRESSES, "--deny-address", "deny_addresses")
            .takes("IP[:PORT]")
            .means("Add IP[:PORT] to the blocked addresses.")
            .asAddingList("none");

    /** Addresses that are allowed. */
    public static final Setting<List<String>> ALLOW_ADDRESSES = define(ADDRESSES, "--allow-address", "allow_addresses")
            .takes("IP[:PORT]")
            .means("Add IP[:PORT] to the allowed addresses.")
            .asAddingList("none");

    /** Addresses that are tried last. */
    public static final Setting<List<String>> TEMPORARILY_DEFERRED_IPS = define(
                    ADDRESSES, "--temporarily-deferred-ip", "temporarily_deferred_ips")
            .takes("IP")
            .means("Try IP only after all other addresses of a name.")
            .asList(Texts::some, "none");

    /** Whether private addresses are allowed. */
    public static final Setting<Boolean> UNSAFE_ALLOW_PRIVATE_RANGES = define(
                    ADDRESSES, "--unsafe-allow-private-ranges", "unsafe_allow_private_ranges")
            .means("Allow private addresses (RFC 1918, IPv6 unique local), instead of denying them.")
            .asSwitch(false);

    /** The built-in table and how rules are weighed. */
    public static final Setting<AddressPolicy> ADDRESS_POLICY = define(ADDRESSES, "--address-policy", "address_policy")
            .takes("POLICY")
            .means("What holds where no rule above speaks. 'strict': every special-purpose address is denied, the most"
                    + " specific rule wins, deny wins a tie. 'smokescreen': the table and the order of Go's Smokescreen,"
                    + " allow wins.")
            .as(Texts.constant(AddressPolicy.class), AddressPolicy.STRICT, "strict");

    private PolicySettings() {}

    static List<Setting<?>> all() {
        return List.of(
                ACL_FILE,
                ROLES,
                ALLOW_MISSING_ROLE,
                DENY_MESSAGE_EXTRA,
                DISABLED_ACTIONS,
                DENY_RANGES,
                ALLOW_RANGES,
                DENY_ADDRESSES,
                ALLOW_ADDRESSES,
                TEMPORARILY_DEFERRED_IPS,
                UNSAFE_ALLOW_PRIVATE_RANGES,
                ADDRESS_POLICY);
    }
}
