package io.smokescreen.internal.tls;

import io.smokescreen.api.ConfigurationException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The revocation lists in force: of each authority the newest. A certificate is looked up by the name of its issuer and its
 * serial number, as RFC 5280 §6.3.3 does, in each list of that name: an authority that changed its key may sign the lists for
 * its older certificates with the new one.
 */
final class RevocationLists {

    private static final Logger LOG = LoggerFactory.getLogger(RevocationLists.class);

    private final Map<X500Principal, List<RevocationList>> byIssuer;

    /** The lists that were warned of, so that it is done once for each. */
    private final Set<RevocationList> warned = ConcurrentHashMap.newKeySet();

    private RevocationLists(Map<X500Principal, List<RevocationList>> byIssuer) {
        this.byIssuer = byIssuer;
    }

    /** Lists that are about the same certificates; the newest of them counts. */
    private record Subject(X500Principal issuer, PublicKey key, String scope) {}

    /**
     * {@return the newest lists of each authority}
     *
     * @throws ConfigurationException if one belongs to none of the authorities or cannot be used
     */
    static RevocationLists of(List<CrlFile> files, List<X509Certificate> authorities) {
        Map<Subject, RevocationList> newest = new LinkedHashMap<>();
        for (CrlFile file : files) {
            RevocationList list = RevocationList.verified(file, authorities);
            Subject subject = new Subject(list.issuer(), list.authority().getPublicKey(), list.scope());
            newest.merge(subject, list, (one, other) -> other.isNewerThan(one) ? other : one);
        }
        return new RevocationLists(newest.values().stream().collect(Collectors.groupingBy(RevocationList::issuer)));
    }

    Collection<RevocationList> all() {
        return byIssuer.values().stream().flatMap(List::stream).toList();
    }

    /** Warns of lists that have become out of date. */
    void warnOfStale() {
        Instant now = Instant.now();
        for (RevocationList list : all()) {
            if (list.isStale(now) && warned.add(list)) {
                LOG.warn(
                        "the revocation list of '{}' is out of date, it is for {} to {} ({})",
                        list.issuer(),
                        list.thisUpdate(),
                        list.nextUpdate(),
                        list.source());
            }
        }
    }

    boolean isRevoked(X509Certificate certificate) {
        return about(certificate).stream().anyMatch(list -> list.serials().contains(certificate.getSerialNumber()));
    }

    /** {@return the lists that the certificates are looked up in} */
    List<RevocationList> about(List<X509Certificate> certificates) {
        List<RevocationList> lists = new ArrayList<>();
        certificates.forEach(each -> lists.addAll(about(each)));
        return lists.stream().distinct().toList();
    }

    private List<RevocationList> about(X509Certificate certificate) {
        return byIssuer.getOrDefault(certificate.getIssuerX500Principal(), List.of());
    }
}
