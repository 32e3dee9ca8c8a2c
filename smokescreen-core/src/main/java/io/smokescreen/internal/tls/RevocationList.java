package io.smokescreen.internal.tls;

import io.smokescreen.api.ConfigurationException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.jspecify.annotations.Nullable;

/**
 * A verified revocation list: who is revoked, and until when the list speaks for the present (RFC 5280 §5).
 *
 * @param source where it is from, for messages
 * @param authority the certificate whose key signed it
 * @param number its CRL number, null if it has none
 * @param thisUpdate when it was issued
 * @param nextUpdate when a newer one should be there, null if it does not say
 * @param scope its issuing distribution point, encoded; empty: the list is for all certificates of the authority
 * @param serials what it revokes
 */
record RevocationList(
        String source,
        X509Certificate authority,
        @Nullable BigInteger number,
        Instant thisUpdate,
        @Nullable Instant nextUpdate,
        String scope,
        SerialNumbers serials) {

    private static final int CRL_SIGN = 6;
    private static final Set<String> KNOWN_CRITICAL = Set.of(
            Extension.issuingDistributionPoint.getId(),
            Extension.authorityKeyIdentifier.getId(),
            Extension.cRLNumber.getId());

    /**
     * Checks what can be checked without the authority.
     *
     * @throws ConfigurationException if it is not a list, or one that this proxy would misunderstand
     */
    static void check(CrlFile file) {
        checked(file);
    }

    /**
     * {@return the list, verified}
     *
     * @param authorities who may have issued it
     * @throws ConfigurationException if none of them has, or it cannot be used
     */
    static RevocationList verified(CrlFile file, List<X509Certificate> authorities) {
        X509CRL crl = checked(file);
        X509Certificate authority = issuer(file, crl, authorities);
        Date nextUpdate = crl.getNextUpdate();
        return new RevocationList(
                file.source(),
                authority,
                number(crl),
                crl.getThisUpdate().toInstant(),
                nextUpdate == null ? null : nextUpdate.toInstant(),
                scope(file, crl),
                new SerialNumbers(serials(crl)));
    }

    X500Principal issuer() {
        return authority.getSubjectX500Principal();
    }

    /** {@return whether it does not speak for that moment: past its next update, or not yet valid} */
    boolean isStale(Instant now) {
        return now.isBefore(thisUpdate) || (nextUpdate != null && now.isAfter(nextUpdate));
    }

    /** {@return whether it replaces the other one: by CRL number where both have one, else by date} */
    boolean isNewerThan(RevocationList other) {
        int byNumber = number == null || other.number == null ? 0 : number.compareTo(other.number);
        return byNumber == 0 ? thisUpdate.isAfter(other.thisUpdate) : byNumber > 0;
    }

    @Override
    public String toString() {
        return source + " ('" + issuer() + "', " + serials.size() + " revoked)";
    }

    private static X509CRL checked(CrlFile file) {
        X509CRL crl = file.parse();
        Set<String> critical = crl.getCriticalExtensionOIDs();
        if (crl.getExtensionValue(Extension.deltaCRLIndicator.getId()) != null) {
            throw unusable(file, "is a delta CRL (expected a complete one)");
        }
        if (critical != null) {
            critical.stream()
                    .filter(oid -> !KNOWN_CRITICAL.contains(oid))
                    .findAny()
                    .ifPresent(oid -> {
                        throw unusable(
                                file, "has the critical extension " + oid + ", which is not known (expected none)");
                    });
        }
        if (crl.getExtensionValue(Extension.authorityKeyIdentifier.getId()) == null) {
            throw unusable(
                    file,
                    "has no authority key identifier (RFC 5280 §5.2.1 demands it;"
                            + " in openssl.cnf: 'authorityKeyIdentifier = keyid:always' in the section of 'crl_extensions')");
        }
        scope(file, crl);
        entries(crl).forEach(entry -> check(file, entry));
        return crl;
    }

    private static void check(CrlFile file, X509CRLEntry entry) {
        if (!entry.hasExtensions()) {
            return;
        }
        Set<String> critical = entry.getCriticalExtensionOIDs();
        if (entry.getExtensionValue(Extension.certificateIssuer.getId()) != null) {
            throw unusable(file, "is an indirect CRL (expected one that speaks of its own issuer's certificates)");
        }
        if (critical != null && !critical.isEmpty()) {
            throw unusable(
                    file,
                    "has an entry, of serial number " + entry.getSerialNumber()
                            + ", with a critical extension that is not known: " + critical + " (expected none)");
        }
    }

    private static X509Certificate issuer(CrlFile file, X509CRL crl, List<X509Certificate> authorities) {
        List<X509Certificate> named = authorities.stream()
                .filter(each -> each.getSubjectX500Principal().equals(crl.getIssuerX500Principal()))
                .toList();
        if (named.isEmpty()) {
            throw unusable(
                    file,
                    "is from '" + crl.getIssuerX500Principal()
                            + "', which is none of the client authorities (expected one of theirs)");
        }
        X509Certificate authority = named.stream()
                .filter(each -> hasSigned(each, crl))
                .findFirst()
                .orElseThrow(() -> unusable(
                        file,
                        "has a signature that is not from '" + crl.getIssuerX500Principal()
                                + "' (expected one that its certificate among the client authorities verifies)"));
        boolean[] usage = authority.getKeyUsage();
        if (usage != null && !usage[CRL_SIGN]) {
            throw unusable(
                    file,
                    "is from '" + crl.getIssuerX500Principal()
                            + "', which may not sign revocation lists (expected the key usage cRLSign)");
        }
        return authority;
    }

    private static boolean hasSigned(X509Certificate authority, X509CRL crl) {
        try {
            crl.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static @Nullable BigInteger number(X509CRL crl) {
        byte[] value = crl.getExtensionValue(Extension.cRLNumber.getId());
        return value == null ? null : ASN1Integer.getInstance(content(value)).getValue();
    }

    private static String scope(CrlFile file, X509CRL crl) {
        byte[] value = crl.getExtensionValue(Extension.issuingDistributionPoint.getId());
        if (value == null) {
            return "";
        }
        IssuingDistributionPoint point = IssuingDistributionPoint.getInstance(content(value));
        if (point.isIndirectCRL()) {
            throw unusable(file, "is an indirect CRL (expected one that speaks of its own issuer's certificates)");
        }
        if (point.getOnlySomeReasons() != null || point.onlyContainsAttributeCerts()) {
            throw unusable(file, "is for some reasons or kinds of certificates only (expected a complete one)");
        }
        return HexFormat.of().formatHex(value);
    }

    private static byte[] content(byte[] extensionValue) {
        return ASN1OctetString.getInstance(extensionValue).getOctets();
    }

    private static List<BigInteger> serials(X509CRL crl) {
        List<BigInteger> serials = new ArrayList<>();
        entries(crl).forEach(entry -> serials.add(entry.getSerialNumber()));
        return serials;
    }

    private static Set<? extends X509CRLEntry> entries(X509CRL crl) {
        Set<? extends X509CRLEntry> entries = crl.getRevokedCertificates();
        return entries == null ? Set.of() : entries;
    }

    private static ConfigurationException unusable(CrlFile file, String problem) {
        return new ConfigurationException(file.source() + ": the CRL " + problem);
    }
}
