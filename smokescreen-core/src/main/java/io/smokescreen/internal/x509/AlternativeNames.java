package io.smokescreen.internal.x509;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/** Reads names out of a certificate's subjectAltName extension (RFC 5280 §4.2.1.6), in the order they are encoded. */
public final class AlternativeNames {

    private static final int MAX_SPIFFE_ID_LENGTH = 2_048;

    /** SPIFFE-ID §2: a trust domain and a path of segments, of which none is empty, {@code .} or {@code ..}. */
    private static final Pattern SPIFFE_ID =
            Pattern.compile("spiffe://[a-z0-9._-]{1,255}(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+)+");

    private AlternativeNames() {}

    /**
     * {@return the DNS names as they are encoded; none at all if any name of the extension cannot be read}
     *
     * @param certificate a verified certificate
     */
    public static List<String> dnsNames(X509Certificate certificate) {
        return names(certificate, GeneralName.dNSName, AlternativeNames::text);
    }

    /**
     * {@return the URIs as they are encoded; none at all if one of them cannot be read}
     *
     * @param certificate a verified certificate
     */
    public static List<String> uris(X509Certificate certificate) {
        return names(certificate, GeneralName.uniformResourceIdentifier, AlternativeNames::text);
    }

    /**
     * {@return the mail addresses as they are encoded; none at all if one of them cannot be read}
     *
     * @param certificate a verified certificate
     */
    public static List<String> emailAddresses(X509Certificate certificate) {
        return names(certificate, GeneralName.rfc822Name, AlternativeNames::text);
    }

    /**
     * {@return the IP addresses; none at all if one of them cannot be read}
     *
     * @param certificate a verified certificate
     */
    public static List<InetAddress> ipAddresses(X509Certificate certificate) {
        return names(certificate, GeneralName.iPAddress, AlternativeNames::address);
    }

    /**
     * {@return the SPIFFE ID of a leaf certificate: its only URI, if that is one (X509-SVID §2)}
     *
     * @param certificate a verified certificate
     */
    public static Optional<String> spiffeId(X509Certificate certificate) {
        List<String> uris = uris(certificate);
        return uris.size() == 1 && isSpiffeId(uris.get(0)) ? Optional.of(uris.get(0)) : Optional.empty();
    }

    private static boolean isSpiffeId(String uri) {
        return uri.length() <= MAX_SPIFFE_ID_LENGTH && SPIFFE_ID.matcher(uri).matches();
    }

    private static <T> List<T> names(X509Certificate certificate, int kind, Function<GeneralName, T> read) {
        byte[] extension = certificate.getExtensionValue(Extension.subjectAlternativeName.getId());
        if (extension == null) {
            return List.of();
        }
        try {
            byte[] encoded = ASN1OctetString.getInstance(extension).getOctets();
            return Arrays.stream(GeneralNames.getInstance(encoded).getNames())
                    .filter(name -> name.getTagNo() == kind)
                    .map(read)
                    .toList();
        } catch (RuntimeException e) {
            // As with a subject: a role guessed from the rest could be somebody else's.
            return List.of();
        }
    }

    private static String text(GeneralName name) {
        String text = ASN1IA5String.getInstance(name.getName()).getString();
        if (!text.chars().allMatch(c -> c < 0x80)) {
            throw new IllegalArgumentException("not an IA5String: " + text);
        }
        return text;
    }

    private static InetAddress address(GeneralName name) {
        try {
            return InetAddress.getByAddress(
                    ASN1OctetString.getInstance(name.getName()).getOctets());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("neither 4 nor 16 bytes", e);
        }
    }
}
