package io.smokescreen.internal.tls;

import io.smokescreen.internal.x509.SubjectNames;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges a client's certificates: do they lead to an authority, are they for clients, is none of them revoked. The answer is
 * the same whether it is found in the cache or anew.
 *
 * <p>Thread safety: safe from any thread.
 */
public final class ClientTrust {

    /** The most certificates a client may send; the JDK's own default for servers is 8. */
    private static final int MAX_CERTIFICATES = 10;

    /** The JDK wants a name for the key exchange, and does nothing with it where the certificate is a client's. */
    private static final String ANY_KEY_EXCHANGE = "UNKNOWN";

    private final Authorities authorities;
    private final RevocationLists lists;
    private final boolean expiredListsRefused;
    private final boolean severalCommonNamesRefused;
    private final ChainCache cache = new ChainCache();

    ClientTrust(TlsSettings settings) {
        this.lists = RevocationLists.of(settings.revocationLists(), settings.clientAuthorities());
        this.authorities = new Authorities(settings.clientAuthorities(), lists);
        lists.warnOfStale();
        this.expiredListsRefused = settings.expiredListsRefused();
        this.severalCommonNamesRefused = settings.severalCommonNamesRefused();
    }

    List<X509Certificate> acceptedIssuers() {
        return authorities.all();
    }

    RevocationLists revocationLists() {
        return lists;
    }

    int cachedChains() {
        return cache.size();
    }

    /**
     * {@return the certificates, verified}
     *
     * @param presented what the client sent, its own certificate first
     * @throws CertificateException if the client is not to be let in with them
     */
    public VerifiedChain verify(X509Certificate[] presented) throws CertificateException {
        if (presented.length == 0 || presented.length > MAX_CERTIFICATES) {
            throw new RefusedCertificateException(
                    Refusal.UNTRUSTED, presented.length + " certificates (expected 1 to " + MAX_CERTIFICATES + ")");
        }
        Instant now = Instant.now();
        ByteBuffer key = ChainCache.key(presented);
        VerifiedChain chain = cache.get(key, now);
        if (chain == null) {
            chain = verifyAnew(presented, now);
            cache.put(key, chain);
        }
        checkLists(chain, now);
        return chain;
    }

    private VerifiedChain verifyAnew(X509Certificate[] presented, Instant now) throws CertificateException {
        List<X509Certificate> chain = parsed(presented);
        X509Certificate leaf = chain.get(0);
        checkTime(leaf);
        Authorities.Current current = authorities.current(now);
        if (current.manager() == null) {
            throw new RefusedCertificateException(Refusal.UNTRUSTED, "no client authority is valid at this time");
        }
        try {
            current.manager().checkClientTrusted(chain.toArray(X509Certificate[]::new), ANY_KEY_EXCHANGE);
        } catch (CertificateException e) {
            throw new RefusedCertificateException(refusal(e), describe(leaf) + ": " + e.getMessage(), e);
        }
        for (X509Certificate certificate : chain) {
            if (lists.isRevoked(certificate)) {
                throw new RefusedCertificateException(Refusal.REVOKED, describe(certificate) + " is revoked");
            }
        }
        if (severalCommonNamesRefused && SubjectNames.hasSeveralCommonNames(leaf)) {
            throw new RefusedCertificateException(
                    Refusal.SEVERAL_COMMON_NAMES, describe(leaf) + " has several common names (expected one)");
        }
        return new VerifiedChain(chain, validUntil(chain, current.until()), lists.about(chain));
    }

    private void checkLists(VerifiedChain chain, Instant now) throws RefusedCertificateException {
        if (!expiredListsRefused) {
            return;
        }
        for (RevocationList list : chain.lists()) {
            if (list.isStale(now)) {
                throw new RefusedCertificateException(
                        Refusal.STALE_CRL,
                        "the revocation list of '" + list.issuer() + "' is for " + list.thisUpdate() + " to "
                                + list.nextUpdate() + " (" + list.source() + ")");
            }
        }
    }

    private static void checkTime(X509Certificate leaf) throws RefusedCertificateException {
        try {
            leaf.checkValidity();
        } catch (CertificateExpiredException e) {
            throw new RefusedCertificateException(Refusal.EXPIRED, describe(leaf) + " has expired", e);
        } catch (CertificateNotYetValidException e) {
            throw new RefusedCertificateException(Refusal.NOT_YET_VALID, describe(leaf) + " is not yet valid", e);
        }
    }

    /** What the JDK found: without a fault in the path it was the key usage of the client's own certificate. */
    private static Refusal refusal(CertificateException failure) {
        Refusal refusal = Refusal.UNSUITABLE;
        for (@Nullable Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathValidatorException path && path.getReason() == BasicReason.EXPIRED) {
                return Refusal.EXPIRED;
            }
            if (cause instanceof CertPathValidatorException || cause instanceof CertPathBuilderException) {
                refusal = Refusal.UNTRUSTED;
            }
        }
        return refusal;
    }

    private static Instant validUntil(List<X509Certificate> chain, Instant authoritiesUntil) {
        return chain.stream()
                .map(each -> each.getNotAfter().toInstant())
                .reduce(authoritiesUntil, (one, other) -> one.isBefore(other) ? one : other);
    }

    /** Parsed by the JDK, which knows nothing better than its own; what BoringSSL hands out is bytes as yet. */
    private static List<X509Certificate> parsed(X509Certificate[] presented) throws CertificateException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> chain = new ArrayList<>();
        for (X509Certificate certificate : presented) {
            chain.add(
                    (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(certificate.getEncoded())));
        }
        return List.copyOf(chain);
    }

    private static String describe(X509Certificate certificate) {
        return "certificate '" + certificate.getSubjectX500Principal() + "', serial number "
                + certificate.getSerialNumber().toString(16);
    }
}
