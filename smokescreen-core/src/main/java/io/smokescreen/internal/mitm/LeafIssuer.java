package io.smokescreen.internal.mitm;

import io.smokescreen.api.Host;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Mints certificates for hosts, all for one key: a key pair for each would make minting twice as slow and protect nothing, for
 * whoever reads one key of this process reads them all.
 *
 * <p>Thread safety: immutable; safe from any thread.
 */
final class LeafIssuer {

    /** How far a client's clock may be behind ours. */
    static final Duration BACKDATED = Duration.ofDays(1);

    /** RFC 5280 §A.1, ub-common-name. */
    private static final int MAX_COMMON_NAME = 64;

    /** RFC 5280 §4.1.2.2 allows 159; half of them are more than anyone can guess. */
    private static final int SERIAL_BITS = 128;

    private final MitmAuthority authority;
    private final Duration validity;
    private final SubjectPublicKeyInfo key;
    private final X500Name issuer;
    private final List<Extension> sameForAll;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param keys the pair of all certificates
     * @param validity how long a certificate is valid from now on, at most
     */
    LeafIssuer(MitmAuthority authority, KeyPair keys, Duration validity) throws GeneralSecurityException, IOException {
        this.authority = authority;
        this.validity = validity;
        this.key = SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
        X509Certificate certificate = authority.certificate();
        this.issuer = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
        this.sameForAll = List.of(
                extension(Extension.basicConstraints, true, new BasicConstraints(false)),
                extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature)),
                extension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth)),
                extension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key)),
                extension(Extension.authorityKeyIdentifier, false, authorityKey(certificate, identifiers)));
    }

    /** The same octets as the authority's own certificate names its key by, however it made them (RFC 5280 §4.2.1.1). */
    private static AuthorityKeyIdentifier authorityKey(X509Certificate certificate, JcaX509ExtensionUtils identifiers)
            throws IOException {
        byte[] own = certificate.getExtensionValue(Extension.subjectKeyIdentifier.getId());
        if (own == null) {
            return identifiers.createAuthorityKeyIdentifier(certificate.getPublicKey());
        }
        return new AuthorityKeyIdentifier(
                SubjectKeyIdentifier.getInstance(JcaX509ExtensionUtils.parseExtensionValue(own))
                        .getKeyIdentifier());
    }

    /** {@return a certificate for the host that is valid now; the authority must be} */
    Leaf issue(Host host, Instant now) throws GeneralSecurityException, IOException {
        Instant authorityBegin = authority.certificate().getNotBefore().toInstant();
        Instant authorityEnd = authority.certificate().getNotAfter().toInstant();
        Instant begin = later(now.minus(BACKDATED), authorityBegin);
        Instant end = earlier(now.plus(validity), authorityEnd);
        X500Name subject = subject(host);
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                issuer, new BigInteger(SERIAL_BITS, random), Date.from(begin), Date.from(end), subject, key);
        boolean nameless = subject.size() == 0; // then the alternative name is the only one: RFC 5280 §4.1.2.6
        builder.addExtension(
                extension(Extension.subjectAlternativeName, nameless, new GeneralNames(alternativeName(host))));
        for (Extension each : sameForAll) {
            builder.addExtension(each);
        }
        return new Leaf(sign(builder), renewal(now, end, authorityEnd));
    }

    /** Half of its time before its end, but not to get another one that ends with the authority too. */
    private static Instant renewal(Instant now, Instant end, Instant authorityEnd) {
        return end.equals(authorityEnd)
                ? end
                : now.plus(Duration.between(now, end).dividedBy(2));
    }

    private X509Certificate sign(X509v3CertificateBuilder builder) throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(authority.signatureAlgorithm())
                            .build(authority.identity().key())));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("the authority's key cannot sign", e);
        }
    }

    private static X500Name subject(Host host) {
        X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE);
        if (host.text().length() <= MAX_COMMON_NAME) {
            name.addRDN(BCStyle.CN, host.text());
        }
        return name.build();
    }

    private static GeneralName alternativeName(Host host) {
        return host.address()
                .map(InetAddress::getAddress)
                .map(bytes -> new GeneralName(GeneralName.iPAddress, new DEROctetString(bytes)))
                .orElseGet(() -> new GeneralName(GeneralName.dNSName, host.text()));
    }

    private static Extension extension(ASN1ObjectIdentifier type, boolean critical, ASN1Encodable value)
            throws IOException {
        return Extension.create(type, critical, value);
    }

    /** Times in certificates have whole seconds. */
    private static Instant later(Instant one, Instant other) {
        return (one.isAfter(other) ? one : other).truncatedTo(ChronoUnit.SECONDS);
    }

    private static Instant earlier(Instant one, Instant other) {
        return (one.isBefore(other) ? one : other).truncatedTo(ChronoUnit.SECONDS);
    }
}
