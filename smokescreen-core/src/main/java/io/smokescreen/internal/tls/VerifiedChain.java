package io.smokescreen.internal.tls;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A client's certificates that were verified and are not revoked.
 *
 * @param certificates as the client sent them, its own first
 * @param validUntil when to verify them again: one of them, or an authority, expires then
 * @param lists the revocation lists they were looked up in
 */
public record VerifiedChain(List<X509Certificate> certificates, Instant validUntil, List<RevocationList> lists) {

    /** {@return the issuers of those lists that are out of date now} */
    public List<String> staleIssuers() {
        if (lists.isEmpty()) {
            return List.of();
        }
        Instant now = Instant.now();
        return lists.stream()
                .filter(list -> list.isStale(now))
                .map(list -> list.issuer().getName())
                .toList();
    }
}
