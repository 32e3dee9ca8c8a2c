package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AddressVerdict;
import io.smokescreen.api.NextHop;
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
 * @param addresses what the address filter said of each address of the destination, in the order they were found; empty where it
 *     was not asked, or the host is a name that was not looked up
 * @param nextHop the external proxy that the request would be passed on to; empty: none, or it did not come to that
 * @param nextHopAddresses what was said of each address of that proxy, as {@code addresses}
 */
public record PolicyVerdict(
        boolean allowed,
        String code,
        String reason,
        Optional<AclDecision> acl,
        Map<InetSocketAddress, AddressVerdict> addresses,
        Optional<NextHop> nextHop,
        Map<InetSocketAddress, AddressVerdict> nextHopAddresses) {

    /** Checks that nothing is null, and copies the maps. */
    public PolicyVerdict {
        requireNonNull(code, "code");
        requireNonNull(reason, "reason");
        requireNonNull(acl, "acl");
        addresses = copyOf(addresses);
        requireNonNull(nextHop, "nextHop");
        nextHopAddresses = copyOf(nextHopAddresses);
    }

    /** {@return the verdict on the destination that counts: that on the first address that is allowed, or else on the first} */
    public Optional<AddressVerdict> address() {
        return addresses.values().stream()
                .filter(AddressVerdict::isAllowed)
                .findFirst()
                .or(() -> addresses.values().stream().findFirst());
    }

    private static Map<InetSocketAddress, AddressVerdict> copyOf(Map<InetSocketAddress, AddressVerdict> verdicts) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(verdicts)); // Map.copyOf knows no order
    }
}
