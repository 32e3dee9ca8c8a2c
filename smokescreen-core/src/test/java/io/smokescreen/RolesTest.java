package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERT61String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.DERUniversalString;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RolesTest {

    private static KeyPair keys;

    @BeforeAll
    static void makeKeys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        keys = generator.generateKeyPair();
    }

    @Test
    void commonName_isTheLastOne() throws Exception {
        X509Certificate certificate = certificate(cn("first"), ou("unit"), cn("last"));
        assertThat(Roles.commonName(certificate)).contains("last");
    }

    @Test
    void organizationalUnit_isTheFirstOne() throws Exception {
        X509Certificate certificate = certificate(ou("first"), cn("name"), ou("last"));
        assertThat(Roles.organizationalUnit(certificate)).contains("first");
    }

    @Test
    void multiValuedRdn_isReadInTheOrderOfItsEncoding() throws Exception {
        // DER sorts a set: 'b' stands before 'aa', which is longer.
        RDN rdn = new RDN(new AttributeTypeAndValue[] {attribute(BCStyle.CN, "aa"), attribute(BCStyle.CN, "b")});
        assertThat(Roles.commonName(certificate(rdn))).contains("aa");
    }

    @Test
    void subjectWithoutTheName_hasNoRole() throws Exception {
        assertThat(Roles.commonName(certificate(ou("unit")))).isEmpty();
        assertThat(Roles.organizationalUnit(certificate(cn("name")))).isEmpty();
        assertThat(Roles.commonName(certificate())).isEmpty();
    }

    @Test
    void emptyName_isNoRole() throws Exception {
        assertThat(Roles.commonName(certificate(cn("name"), cn("")))).isEmpty();
        assertThat(Roles.organizationalUnit(certificate(ou(""), ou("unit")))).isEmpty();
    }

    @Test
    void everyKindOfString_isRead() throws Exception {
        assertThat(commonName(new DERUTF8String("b\u00fccher"))).isEqualTo("b\u00fccher");
        assertThat(commonName(new DERBMPString("b\u00fccher"))).isEqualTo("b\u00fccher");
        assertThat(commonName(new DERT61String("b\u00fccher"))).isEqualTo("b\u00fccher");
        assertThat(commonName(new DERPrintableString("plain"))).isEqualTo("plain");
        assertThat(commonName(new DERIA5String("plain"))).isEqualTo("plain");
    }

    @Test
    void nameIsTakenAsItStands() throws Exception {
        for (String name : new String[] {" web ", "WEB", "a,CN=b", "a+OU=b", "a\nb", "a\\,b", "#0401", "\"q\""}) {
            assertThat(commonName(new DERUTF8String(name))).isEqualTo(name);
        }
    }

    @Test
    void unreadableName_isNoRoleEvenBesideAReadableOne() throws Exception {
        RDN universal = new RDN(BCStyle.CN, new DERUniversalString(new byte[] {0, 0, 0, 'a'}));
        assertThat(Roles.commonName(certificate(cn("readable"), universal))).isEmpty();
        assertThat(Roles.commonName(certificate(universal, cn("readable")))).isEmpty();
        assertThat(Roles.organizationalUnit(certificate(universal, ou("unit")))).contains("unit");
    }

    @Test
    void dnsNames_areTheDnsNamesAsTheyStand() throws Exception {
        assertThat(Roles.dnsNames(named(dns("Web.example.com"), uri("urn:x"), dns("*.example.com"), dns("a b"))))
                .containsExactly("Web.example.com", "*.example.com", "a b");
        assertThat(Roles.dnsNames(named(uri("urn:x")))).isEmpty();
        assertThat(Roles.dnsNames(certificate(cn("web.example.com")))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spiffe://example.org/web",
                "spiffe://example.org/ns/prod/sa/web-1_2.3",
                "spiffe://e/...",
                "spiffe://e/.a/a..b",
            })
    void spiffeId_isTheOnlyUri(String id) throws Exception {
        assertThat(Roles.spiffeId(named(dns("web.example.com"), uri(id)))).contains(id);
        assertThat(Roles.spiffeId(named(uri(id), uri("urn:x")))).isEmpty();
        assertThat(Roles.spiffeId(named(uri(id), uri(id)))).isEmpty();
        assertThat(Roles.spiffeId(named(dns(id)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org/web",
                "SPIFFE://example.org/web",
                "spiffe://Example.org/web",
                "spiffe://example.org",
                "spiffe://example.org/",
                "spiffe://example.org/web/",
                "spiffe://example.org//web",
                "spiffe://example.org/./web",
                "spiffe://example.org/a/..",
                "spiffe://example.org/web?x=y",
                "spiffe://example.org/web#x",
                "spiffe://example.org:443/web",
                "spiffe://user@example.org/web",
                "spiffe:///web",
                "spiffe://example.org/w%65b",
                "spiffe://example.org/web\n",
                "spiffe://example.org/web\0x",
                "",
            })
    void otherUri_isNoSpiffeId(String uri) throws Exception {
        assertThat(Roles.spiffeId(named(uri(uri)))).isEmpty();
    }

    /** What only some can read is a name that only some take for a role. */
    @Test
    void alternativeNamesThatCannotBeRead_areNone() throws Exception {
        byte[] notAscii = {(byte) 0xe9};
        GeneralName strange = new GeneralName(GeneralName.dNSName, new DERIA5String("\u00e9", false));
        assertThat(Roles.dnsNames(named(dns("web.example.com"), strange))).isEmpty();
        assertThat(Roles.spiffeId(extended(notAscii))).isEmpty();
        assertThat(Roles.dnsNames(extended(notAscii))).isEmpty();
    }

    @Test
    void otherAlternativeNames_areReadByTheirKind() throws Exception {
        X509Certificate certificate = named(
                dns("web.example.com"),
                uri("https://a.example/x?y"),
                new GeneralName(GeneralName.iPAddress, "192.0.2.1"),
                new GeneralName(GeneralName.rfc822Name, "team@example.org"),
                new GeneralName(GeneralName.iPAddress, "2001:db8::1"),
                new GeneralName(new X500Name("CN=ignored")));

        assertThat(Roles.uris(certificate)).containsExactly("https://a.example/x?y");
        assertThat(Roles.emailAddresses(certificate)).containsExactly("team@example.org");
        assertThat(Roles.ipAddresses(certificate))
                .extracting(InetAddress::getHostAddress)
                .containsExactly("192.0.2.1", "2001:db8:0:0:0:0:0:1");
        GeneralName tooLong = new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[5]));
        assertThat(Roles.ipAddresses(named(new GeneralName(GeneralName.iPAddress, "192.0.2.1"), tooLong)))
                .isEmpty();
    }

    @Test
    void fingerprint_isOfTheWholeCertificate() throws Exception {
        X509Certificate certificate = certificate(cn("name"));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        assertThat(Roles.sha256Fingerprint(certificate))
                .isEqualTo(HexFormat.of().formatHex(digest))
                .hasSize(64);
    }

    private static GeneralName dns(String name) {
        return new GeneralName(GeneralName.dNSName, name);
    }

    private static GeneralName uri(String uri) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
    }

    private static X509Certificate named(GeneralName... names) throws Exception {
        return extended(new GeneralNames(names).getEncoded());
    }

    private static X509Certificate extended(byte[] alternativeNames) throws Exception {
        JcaX509v3CertificateBuilder builder = builder(cn("name"));
        builder.addExtension(Extension.subjectAlternativeName, false, alternativeNames);
        return signed(builder);
    }

    private static String commonName(ASN1Encodable value) throws Exception {
        return Roles.commonName(certificate(new RDN(BCStyle.CN, value))).orElseThrow();
    }

    private static RDN cn(String value) {
        return new RDN(attribute(BCStyle.CN, value));
    }

    private static RDN ou(String value) {
        return new RDN(attribute(BCStyle.OU, value));
    }

    private static AttributeTypeAndValue attribute(ASN1ObjectIdentifier type, String value) {
        return new AttributeTypeAndValue(type, new DERUTF8String(value));
    }

    private static X509Certificate certificate(RDN... subject) throws Exception {
        return signed(builder(subject));
    }

    private static JcaX509v3CertificateBuilder builder(RDN... subject) {
        Instant now = Instant.parse("2026-11-23T00:00:00Z");
        return new JcaX509v3CertificateBuilder(
                new X500Name("CN=Test CA"),
                BigInteger.ONE,
                Date.from(now),
                Date.from(now.plusSeconds(3600)),
                new X500Name(subject),
                keys.getPublic());
    }

    private static X509Certificate signed(JcaX509v3CertificateBuilder builder) throws Exception {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }
}
