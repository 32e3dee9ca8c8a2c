package io.smokescreen.internal.x509;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BMPString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1NumericString;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1PrintableString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1T61String;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * Reads names out of a certificate's subject, in the order they are encoded and as Go's {@code crypto/x509/pkix} does. The
 * JDK prints a subject in reverse and in a syntax with escapes; a search in that text finds other names.
 */
public final class SubjectNames {

    private SubjectNames() {}

    /**
     * {@return the common name; the last one, if there are several (Go: {@code Subject.CommonName})}
     *
     * @param certificate a verified certificate
     */
    public static Optional<String> commonName(X509Certificate certificate) {
        List<String> names = values(certificate, BCStyle.CN);
        return names.isEmpty() ? Optional.empty() : nonEmpty(names.get(names.size() - 1));
    }

    /**
     * {@return the organizational unit; the first one, if there are several (Go: {@code Subject.OrganizationalUnit[0]})}
     *
     * @param certificate a verified certificate
     */
    public static Optional<String> organizationalUnit(X509Certificate certificate) {
        List<String> names = values(certificate, BCStyle.OU);
        return names.isEmpty() ? Optional.empty() : nonEmpty(names.get(0));
    }

    /**
     * {@return whether the subject has more than one common name, readable or not; also where it cannot be told}
     *
     * @param certificate a verified certificate
     */
    public static boolean hasSeveralCommonNames(X509Certificate certificate) {
        try {
            return attributes(certificate, BCStyle.CN).size() > 1;
        } catch (RuntimeException e) {
            return true;
        }
    }

    /** Returns the attribute's values in the order of the encoding; none at all if any of them cannot be read. */
    private static List<String> values(X509Certificate certificate, ASN1ObjectIdentifier type) {
        try {
            return attributes(certificate, type).stream()
                    .map(SubjectNames::text)
                    .toList();
        } catch (RuntimeException e) {
            // Go refuses such a certificate. A role guessed from the rest of the subject could be somebody else's.
            return List.of();
        }
    }

    private static List<ASN1Encodable> attributes(X509Certificate certificate, ASN1ObjectIdentifier type) {
        List<ASN1Encodable> values = new ArrayList<>();
        X500Name subject =
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        for (RDN rdn : subject.getRDNs()) {
            for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
                if (attribute.getType().equals(type)) {
                    values.add(attribute.getValue());
                }
            }
        }
        return values;
    }

    private static String text(ASN1Encodable value) {
        if (value instanceof ASN1UTF8String || value instanceof ASN1BMPString || value instanceof ASN1T61String) {
            // T61String is read as Latin-1, as everybody does.
            return ((ASN1String) value).getString();
        }
        if (value instanceof ASN1PrintableString
                || value instanceof ASN1IA5String
                || value instanceof ASN1NumericString) {
            String text = ((ASN1String) value).getString();
            if (text.chars().allMatch(c -> c < 0x80)) {
                return text;
            }
        }
        throw new IllegalArgumentException("not a string that a name may have: " + value);
    }

    private static Optional<String> nonEmpty(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }
}
