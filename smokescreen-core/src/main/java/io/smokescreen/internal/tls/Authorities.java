package io.smokescreen.internal.tls;

import io.smokescreen.api.ConfigurationException;
import java.security.GeneralSecurityException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may sign clients' certificates now. The JDK takes an authority at its word for ever; here one that has expired, or is
 * revoked by another one, no longer counts.
 *
 * <p>Thread safety: safe from any thread.
 */
final class Authorities {

    private static final Logger LOG = LoggerFactory.getLogger(Authorities.class);

    private final List<X509Certificate> all;
    private volatile Current current;

    /** The trust manager of those that are valid, until one of them expires or a further one becomes valid. */
    record Current(@Nullable X509TrustManager manager, Instant until) {}

    Authorities(List<X509Certificate> configured, RevocationLists lists) {
        this.all = List.copyOf(withoutRevoked(configured, lists));
        if (all.isEmpty()) {
            throw new ConfigurationException("every client authority is revoked (expected at least one that is not)");
        }
        this.current = at(Instant.now());
        Instant now = Instant.now();
        all.stream()
                .filter(each -> !isValid(each, now))
                .forEach(each -> LOG.warn(
                        "the client authority '{}' is valid from {} to {} only, no client with its certificates is let in now",
                        each.getSubjectX500Principal(),
                        each.getNotBefore().toInstant(),
                        each.getNotAfter().toInstant()));
    }

    List<X509Certificate> all() {
        return all;
    }

    Current current(Instant now) {
        Current known = current;
        if (now.isBefore(known.until)) {
            return known;
        }
        Current next = at(now);
        current = next;
        return next;
    }

    private Current at(Instant now) {
        List<X509Certificate> valid =
                all.stream().filter(each -> isValid(each, now)).toList();
        Instant until = all.stream()
                .flatMap(each -> Stream.of(
                        each.getNotBefore().toInstant(),
                        each.getNotAfter().toInstant().plusMillis(1)))
                .filter(now::isBefore)
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
        return new Current(valid.isEmpty() ? null : manager(valid), until);
    }

    private static boolean isValid(X509Certificate certificate, Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant())
                && !now.isAfter(certificate.getNotAfter().toInstant());
    }

    private static X509TrustManager manager(List<X509Certificate> authorities) {
        try {
            Set<TrustAnchor> anchors = authorities.stream()
                    .map(each -> new TrustAnchor(each, null))
                    .collect(Collectors.toSet());
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
            parameters.setRevocationEnabled(false); // the JDK's own check would go to the network
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    return x509;
                }
            }
            throw new IllegalStateException("the PKIX trust manager factory has no trust manager for X.509");
        } catch (GeneralSecurityException e) {
            throw new ConfigurationException("the client authorities cannot be used: " + e.getMessage(), e);
        }
    }

    /** Takes out those that are revoked, and then those that only revoked ones have issued. */
    private static List<X509Certificate> withoutRevoked(List<X509Certificate> configured, RevocationLists lists) {
        Set<X509Certificate> revoked = new HashSet<>();
        List<X509Certificate> found =
                configured.stream().filter(lists::isRevoked).toList();
        while (!found.isEmpty()) {
            found.forEach(each -> LOG.warn(
                    "the client authority '{}' is revoked, or the one that issued it; it is trusted no longer",
                    each.getSubjectX500Principal()));
            revoked.addAll(found);
            found = configured.stream()
                    .filter(each -> !revoked.contains(each))
                    .filter(each -> hasOnlyRevokedIssuers(each, configured, revoked))
                    .toList();
        }
        List<X509Certificate> rest = new ArrayList<>(configured);
        rest.removeAll(revoked);
        return rest;
    }

    private static boolean hasOnlyRevokedIssuers(
            X509Certificate certificate, List<X509Certificate> configured, Set<X509Certificate> revoked) {
        List<X509Certificate> issuers = configured.stream()
                .filter(each -> CertificateOrder.issued(each, certificate))
                .toList();
        return !issuers.isEmpty() && revoked.containsAll(issuers);
    }
}
