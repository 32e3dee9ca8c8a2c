package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AclPolicy;
import io.smokescreen.api.AclRequest;
import io.smokescreen.internal.policy.AclCounts;
import io.smokescreen.internal.policy.AclFile;
import io.smokescreen.internal.policy.AclIndex;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides by an ACL in YAML, in the format of Stripe's Smokescreen: which role may reach which hosts.
 *
 * <pre>{@code
 * version: v1
 * services:
 *   - name: payments                    # the role
 *     project: money
 *     action: enforce                   # or report, or open
 *     allowed_domains:
 *       - api.bank.example              # this name
 *       - "*.cards.example"             # every name below, at any depth
 *       - mail.partner.example:587      # on this port
 *     allowed_ports: [443, 587]         # other ports are denied; left out, every port is allowed
 * default:
 *   project: other
 *   action: report
 * global_deny_list: ["*.bad.example"]
 * }</pre>
 *
 * <p>For each request, the first of these that applies decides: the role has no rule and there is no default one, deny; the
 * client asks for a next hop that is not in {@code allowed_external_proxies} of the rule, deny; the rule has
 * {@code allowed_ports} and the port is not among them, deny; {@code allowed_domains} of the rule, allow;
 * {@code global_deny_list}, deny; {@code global_allow_list}, allow; the rule's {@code action}.
 *
 * <p>A decision costs the same whether the file has ten entries or a hundred thousand. A file with anything in it that is
 * not understood is refused; nothing is ignored.
 *
 * <p>Thread safety: immutable; the file is read once.
 *
 * @see SmokescreenBuilder#aclPolicy
 * @see io.smokescreen.api.ConfigurationException
 */
public final class Acl implements AclPolicy {

    private final AclIndex index;

    private Acl(AclIndex index) {
        this.index = index;
    }

    /**
     * Reads an ACL from a file.
     *
     * @param file the file, in UTF-8, at most 64 MiB
     * @return the ACL
     * @throws io.smokescreen.api.ConfigurationException if the file cannot be read or is not a valid ACL; the message tells
     *     file, line, column, and what to write instead
     */
    public static Acl fromYaml(Path file) {
        return fromYaml(file, Set.of());
    }

    /**
     * Reads an ACL from a file, and refuses it if a rule has one of these actions.
     *
     * @param file the file, in UTF-8, at most 64 MiB
     * @param disabledActions actions that no rule may have: {@code open}, {@code report}, {@code enforce}
     * @return the ACL
     * @throws io.smokescreen.api.ConfigurationException if the file cannot be read or is not a valid ACL, or a disabled
     *     action is not an action
     */
    public static Acl fromYaml(Path file, Set<String> disabledActions) {
        return new Acl(AclFile.read(requireNonNull(file, "file"), requireNonNull(disabledActions, "disabledActions")));
    }

    /**
     * Reads an ACL from a text.
     *
     * @param name what to call the text in errors, for example where it is from
     * @param text the text, as in a file
     * @return the ACL
     * @throws io.smokescreen.api.ConfigurationException if the text is not a valid ACL
     */
    public static Acl fromYaml(String name, String text) {
        return fromYaml(name, text, Set.of());
    }

    /**
     * Reads an ACL from a text, and refuses it if a rule has one of these actions.
     *
     * @param name what to call the text in errors, for example where it is from
     * @param text the text, as in a file
     * @param disabledActions actions that no rule may have: {@code open}, {@code report}, {@code enforce}
     * @return the ACL
     * @throws io.smokescreen.api.ConfigurationException if the text is not a valid ACL, or a disabled action is not an action
     */
    public static Acl fromYaml(String name, String text, Set<String> disabledActions) {
        return new Acl(AclFile.parse(
                requireNonNull(name, "name"),
                requireNonNull(text, "text"),
                requireNonNull(disabledActions, "disabledActions")));
    }

    AclIndex index() {
        return index;
    }

    /** {@return the decision; {@link AclDecision#matched()} is the list entry that decided, where one did} */
    @Override
    public AclDecision decide(AclRequest request) {
        return index.decide(request);
    }

    /**
     * {@return what is legal in the file and probably not meant, such as an entry for a whole top-level domain; each with file
     * and line, to be logged}
     */
    public List<String> warnings() {
        return index.warnings();
    }

    /** {@return what this ACL holds, in numbers, to be shown to people} */
    public Summary summary() {
        AclCounts counts = index.counts();
        return new Summary(
                counts.open(),
                counts.report(),
                counts.enforce(),
                counts.allowedDomains(),
                counts.mitmDomains(),
                counts.defaultAction(),
                counts.globalAllowList(),
                counts.globalDenyList());
    }

    /**
     * What an ACL holds, in numbers.
     *
     * <p>Thread safety: immutable.
     *
     * @param open how many services have the action {@code open}
     * @param report how many services have the action {@code report}
     * @param enforce how many services have the action {@code enforce}
     * @param allowedDomains entries of {@code allowed_domains}, of all services and the default rule together
     * @param mitmDomains entries of {@code mitm_domains}, likewise
     * @param defaultAction the default rule's action; empty without a default rule
     * @param globalAllowList entries of the {@code global_allow_list}
     * @param globalDenyList entries of the {@code global_deny_list}
     */
    public record Summary(
            int open,
            int report,
            int enforce,
            int allowedDomains,
            int mitmDomains,
            Optional<String> defaultAction,
            int globalAllowList,
            int globalDenyList) {

        /** Checks that there is an answer for the default rule. */
        public Summary {
            requireNonNull(defaultAction, "defaultAction");
        }
    }
}
