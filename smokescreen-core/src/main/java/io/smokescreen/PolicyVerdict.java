package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AddressVerdict;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the proxy would answer to a request, and why.
 *
 * <p>Thread safety: immutable.
 *
 * @param allowed whether the request would go on to connect
 * @param code {@code allowed}, or the {@code X-Smokescreen-Error-Code} of the refusal, for example {@code acl-denied}
 * @param reason why, in the words the client would read
 * @param acl what the ACL decided, with the rule that matched, if it was asked
 * @param addresses what the address filter said of each address, in the order they were found; empty where it was not asked,
 *     or the host is a name that was not looked up
 */
public record PolicyVerdict(
        boolean allowed,
        String code,
        String reason,
        Optional<AclDecision> acl,
        Map<InetSocketAddress, AddressVerdict> addresses) {

    /** Checks that nothing is null, and copies the map. */
    public PolicyVerdict {
        requireNonNull(code, "code");
        requireNonNull(reason, "reason");
        requireNonNull(acl, "acl");
        addresses = Collections.unmodifiableMap(new LinkedHashMap<>(addresses)); // Map.copyOf knows no order
    }

    /** {@return the verdict that counts: that on the first address that is allowed, or else on the first} */
    public Optional<AddressVerdict> address() {
        return addresses.values().stream()
                .filter(AddressVerdict::isAllowed)
                .findFirst()
                .or(() -> addresses.values().stream().findFirst());
    }
}
