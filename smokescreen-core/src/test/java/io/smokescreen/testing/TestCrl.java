package io.smokescreen.testing;

import io.smokescreen.testing.TestCertificates.Identity;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A revocation list to be made: issued a minute ago, the next one due in an hour, number 1, if the test says nothing else. */
public final class TestCrl {

    private final Identity authority;
    private final List<BigInteger> serials = new ArrayList<>();
    private final List<Extension> extensions = new ArrayList<>();
    private PrivateKey signer;
    private Instant thisUpdate = Instant.now().minus(Duration.ofMinutes(1));
    private @Nullable Instant nextUpdate = Instant.now().plus(Duration.ofHours(1));
    private int number = 1;
    private boolean authorityKeyIdentifier = true;
    private @Nullable Extensions entryExtensions;

    TestCrl(Identity authority, List<X509Certificate> revoked) {
        this.authority = authority;
        this.signer = authority.key();
        revoked.forEach(each -> serials.add(each.getSerialNumber()));
    }

    /** {@return a list of an authority that revokes nothing} */
    public static TestCrl of(Identity authority) {
        return new TestCrl(authority, List.of());
    }

    public TestCrl serials(List<BigInteger> values) {
        serials.addAll(values);
        return this;
    }

    public TestCrl signedBy(PrivateKey value) {
        this.signer = value;
        return this;
    }

    public TestCrl thisUpdate(Instant value) {
        this.thisUpdate = value;
        return this;
    }

    public TestCrl nextUpdate(@Nullable Instant value) {
        this.nextUpdate = value;
        return this;
    }

    /** Zero: none. */
    public TestCrl number(int value) {
        this.number = value;
        return this;
    }

    public TestCrl withoutAuthorityKeyIdentifier() {
        this.authorityKeyIdentifier = false;
        return this;
    }

    public TestCrl extension(String oid, boolean critical, ASN1Encodable value) throws IOException {
        extensions.add(new Extension(
                new ASN1ObjectIdentifier(oid), critical, value.toASN1Primitive().getEncoded()));
        return this;
    }

    /** An extension of each entry. */
    public TestCrl entryExtension(String oid, boolean critical, ASN1Encodable value) throws IOException {
        entryExtensions = new Extensions(new Extension(
                new ASN1ObjectIdentifier(oid), critical, value.toASN1Primitive().getEncoded()));
        return this;
    }

    /** {@return the list} */
    public X509CRL build() throws GeneralSecurityException, IOException {
        X509v2CRLBuilder builder =
                new JcaX509v2CRLBuilder(authority.certificate().getSubjectX500Principal(), Date.from(thisUpdate));
        if (nextUpdate != null) {
            builder.setNextUpdate(Date.from(nextUpdate));
        }
        for (BigInteger serial : serials) {
            if (entryExtensions == null) {
                builder.addCRLEntry(serial, Date.from(thisUpdate), CRLReason.keyCompromise);
            } else {
                builder.addCRLEntry(serial, Date.from(thisUpdate), entryExtensions);
            }
        }
        if (authorityKeyIdentifier) {
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils()
                            .createAuthorityKeyIdentifier(
                                    authority.certificate().getPublicKey()));
        }
        if (number > 0) {
            builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
        }
        for (Extension extension : extensions) {
            builder.addExtension(extension);
        }
        try {
            return new JcaX509CRLConverter()
                    .getCRL(builder.build(new JcaContentSignerBuilder(TestIssuance.algorithm(signer)).build(signer)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }
}
