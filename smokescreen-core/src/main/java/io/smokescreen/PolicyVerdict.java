package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AddressVerdict;
import java.util.Optional;

/**
 * What the proxy would answer to a request, and why.
 *
 * @param allowed whether the request would go on to connect
 * @param code {@code allowed}, or the {@code X-Smokescreen-Error-Code} of the refusal, for example {@code acl-denied}
 * @param reason why, in the words the client would read
 * @param acl what the ACL decided, with the rule that matched, if it was asked
 * @param address what the address filter said, where the host is an address; names are not resolved
 */
public record PolicyVerdict(
        boolean allowed, String code, String reason, Optional<AclDecision> acl, Optional<AddressVerdict> address) {

    /** Checks that nothing is null. */
    public PolicyVerdict {
        requireNonNull(code, "code");
        requireNonNull(reason, "reason");
        requireNonNull(acl, "acl");
        requireNonNull(address, "address");
    }
}
