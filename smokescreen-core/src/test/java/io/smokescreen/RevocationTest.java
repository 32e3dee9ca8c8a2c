package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestCrl;
import io.smokescreen.testing.TestIssuance;
import io.smokescreen.testing.TestPem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractThrowableAssert;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which revocation lists stop the start, and whom those that do not stop it revoke. */
class RevocationTest {

    private static final String DELTA = "2.5.29.27";
    private static final String POINT = "2.5.29.28";
    private static final String CERTIFICATE_ISSUER = "2.5.29.29";
    private static final String UNKNOWN = "1.3.6.1.4.1.99999.1";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private TestCertificates authority;

    @SuppressWarnings("NullAway.Init")
    private Identity client;

    @BeforeEach
    void issue() throws GeneralSecurityException, IOException {
        authority = TestCertificates.create();
        client = authority.issue("CN=known");
    }

    // ---------------------------------------------------------------------------------------------- what stops the
    // start

    @Test
    void unreadableFiles_stopTheStart() throws Exception {
        refused(directory.resolve("absent.crl")).hasMessageContaining("absent.crl does not exist");
        refused(file("")).hasMessageContaining("list.crl is empty (expected certificate revocation lists");
        refused(file("hello\n")).hasMessageContaining("list.crl is not a revocation list");
        refused(file("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"))
                .hasMessageContaining("list.crl, line 1: the block 'X509 CRL' cannot be read");
        refused(file(TestPem.of(authority.certificate())))
                .hasMessageContaining("list.crl, line 1: the block 'CERTIFICATE' is not a revocation list");
        refused(directory).hasMessageContaining("cannot be read");
        String whole = TestPem.of(revoking().build());
        refused(file(whole.substring(0, whole.length() - 30))).hasMessageContaining("has no end");
        refused(file(whole + whole.replace("-----BEGIN X509 CRL-----", "---- BEGIN X509 CRL ----")))
                .hasMessageContaining("a damaged marker");
    }

    @Test
    void der_isRead_andNothingMayFollow() throws Exception {
        byte[] der = revoking().build().getEncoded();
        Path file = Files.write(directory.resolve("list.crl"), der);
        assertThat(isRevoked(options -> options.withRevocationListFiles(List.of(file))))
                .isTrue();

        byte[] twice = new byte[2 * der.length];
        System.arraycopy(der, 0, twice, 0, der.length);
        System.arraycopy(der, 0, twice, der.length, der.length);
        refused(Files.write(file, twice)).hasMessageContaining(der.length + " bytes after the revocation list");
        refused(Files.write(file, Arrays.copyOf(der, der.length - 1))).hasMessageContaining("is not a revocation list");
    }

    @Test
    void listOfAnotherAuthority_stopsTheStart() throws Exception {
        X509CRL foreign = TestCertificates.create("CN=Other")
                .revoking(client.certificate())
                .build();
        refused(foreign).hasMessageContainingAll("'CN=Other'", "none of the client authorities");
        X509CRL sameName =
                TestCertificates.create().revoking(client.certificate()).build();
        refused(sameName).hasMessageContainingAll("signature", "is not from 'CN=Test CA'");
        refused(revoking().signedBy(client.key()).build()).hasMessageContaining("signature");
    }

    @Test
    void listWithoutAuthority_stopsTheStart() throws Exception {
        TlsOptions options = authority.proxyTls().withClientAuthorities(List.of());
        X509CRL list = revoking().build();
        assertThatThrownBy(() -> build(options.withRevocationLists(List.of(list))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("there are no client authorities");
    }

    @Test
    void authorityThatMayNotSignLists_stopsTheStart() throws Exception {
        KeyPair keys = TestIssuance.newKeys("EC");
        Identity limited = authority
                .issuing("CN=Limited")
                .keys(keys)
                .usage(KeyUsage.keyCertSign)
                .issueAuthority();
        X509CRL list = TestCrl.of(limited).build();
        assertThatThrownBy(() -> build(authority
                        .proxyTls()
                        .withClientAuthorities(List.of(authority.certificate(), limited.certificate()))
                        .withRevocationLists(List.of(list))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("'CN=Limited'", "cRLSign");
    }

    @Test
    void listsThatWouldBeMisunderstood_stopTheStart() throws Exception {
        refused(revoking().withoutAuthorityKeyIdentifier().build()).hasMessageContaining("no authority key identifier");
        refused(revoking().extension(UNKNOWN, true, DERNull.INSTANCE).build())
                .hasMessageContaining("critical extension " + UNKNOWN);
        refused(revoking().extension(DELTA, true, new ASN1Integer(1)).build()).hasMessageContaining("is a delta CRL");
        refused(revoking().extension(POINT, true, point("a", false, null, true)).build())
                .hasMessageContaining("is an indirect CRL");
        refused(revoking()
                        .extension(POINT, true, point("a", false, new ReasonFlags(ReasonFlags.keyCompromise), false))
                        .build())
                .hasMessageContaining("for some reasons");
        refused(revoking().entryExtension(UNKNOWN, true, DERNull.INSTANCE).build())
                .hasMessageContainingAll(
                        "entry", client.certificate().getSerialNumber().toString(), UNKNOWN);
        GeneralNames other = new GeneralNames(new GeneralName(new X500Name("CN=Other")));
        refused(revoking().entryExtension(CERTIFICATE_ISSUER, true, other).build())
                .hasMessageContaining("indirect");
    }

    @Test
    void unknownExtensionThatIsNotCritical_isSkipped() throws Exception {
        assertThat(isRevoked(
                        revoking().extension(UNKNOWN, false, DERNull.INSTANCE).build()))
                .isTrue();
    }

    // --------------------------------------------------------------------------------------------------- who is
    // revoked

    @Test
    void newestListWins_byNumberAndElseByDate() throws Exception {
        Instant earlier = Instant.now().minusSeconds(600);
        X509CRL older =
                revoking().number(1).thisUpdate(Instant.now().minusSeconds(60)).build();
        X509CRL newerByNumber =
                authority.revoking().number(2).thisUpdate(earlier).build();
        assertThat(isRevoked(older, newerByNumber)).isFalse();
        assertThat(isRevoked(newerByNumber, older)).isFalse();

        X509CRL olderByDate = authority.revoking().number(0).thisUpdate(earlier).build();
        assertThat(isRevoked(older, olderByDate)).isTrue();
        assertThat(isRevoked(olderByDate, older)).isTrue();
    }

    @Test
    void severalListsInOneFile_areAllRead() throws Exception {
        TestCertificates second = TestCertificates.create("CN=Second");
        Path file = file(TestPem.of(second.revoking().build()) + "text\n"
                + TestPem.of(revoking().build()));
        assertThat(isRevoked(
                        options -> options.withClientAuthorities(List.of(authority.certificate(), second.certificate()))
                                .withRevocationListFiles(List.of(file))))
                .isTrue();
    }

    @Test
    void partsOfOneAuthority_eachCount() throws Exception {
        X509CRL one = revoking()
                .number(1)
                .extension(POINT, true, point("one", false, null, false))
                .build();
        X509CRL two = authority
                .revoking()
                .number(2)
                .extension(POINT, true, point("two", false, null, false))
                .build();
        assertThat(isRevoked(one, two)).isTrue();
    }

    @Test
    void leafWithoutAuthorityKeyIdentifier_isFoundByItsIssuer() throws Exception {
        client = authority.issuing("CN=known").withoutAuthorityKeyIdentifier().issue();
        assertThat(isRevoked(revoking().build())).isTrue();
    }

    @Test
    void serialNumbersOfAllSizes_areTold() throws Exception {
        for (String serial :
                List.of("1", "127", "128", "255", "256", "-1", "340282366920938463463374607431768211455")) {
            client =
                    authority.issuing("CN=known").serial(new BigInteger(serial)).issue();
            assertThat(isRevoked(revoking()
                            .serials(List.of(BigInteger.TEN, new BigInteger("65536")))
                            .build()))
                    .as(serial)
                    .isTrue();
            assertThat(isRevoked(authority
                            .revoking()
                            .serials(List.of(BigInteger.TEN, new BigInteger("65536")))
                            .build()))
                    .as(serial)
                    .isFalse();
        }
    }

    @Test
    void sameSerialNumberOfAnotherAuthority_isNotRevoked() throws Exception {
        TestCertificates second = TestCertificates.create("CN=Second");
        X509CRL list = second.revoking(client.certificate()).build();
        assertThat(isRevoked(
                        options -> options.withClientAuthorities(List.of(authority.certificate(), second.certificate()))
                                .withRevocationLists(List.of(list))))
                .isFalse();
    }

    @Test
    void intermediate_revokedByTheRoot_takesItsClientsWithIt() throws Exception {
        TestCertificates intermediate = authority.intermediate("CN=Intermediate");
        client = intermediate.issue("CN=known").with(intermediate.certificate());
        assertThat(isRevoked(authority.revoking(intermediate.certificate()).build()))
                .isTrue();
        assertThat(isRevoked(authority.revoking().build())).isFalse();
    }

    @Test
    void listOfAnIntermediate_isReadWhereThatIsAClientAuthority() throws Exception {
        TestCertificates intermediate = authority.intermediate("CN=Intermediate");
        client = intermediate.issue("CN=known").with(intermediate.certificate());
        X509CRL list = intermediate.revoking(client.certificate()).build();

        assertThat(isRevoked(options -> options.withClientAuthorities(
                                List.of(authority.certificate(), intermediate.certificate()))
                        .withRevocationLists(List.of(list))))
                .isTrue();
        refused(list).hasMessageContainingAll("'CN=Intermediate'", "none of the client authorities");
    }

    /** Neither by itself nor as the issuer of another authority is one trusted that the root has revoked. */
    @Test
    void revokedAuthority_isTrustedNoLonger() throws Exception {
        TestCertificates intermediate = authority.intermediate("CN=Intermediate");
        TestCertificates below = intermediate.intermediate("CN=Below");
        X509CRL list = authority.revoking(intermediate.certificate()).build();
        UnaryOperator<TlsOptions> all = options -> options.withClientAuthorities(
                List.of(authority.certificate(), intermediate.certificate(), below.certificate()));

        client = intermediate.issue("CN=known");
        assertThat(ClientTrustProbe.outcome(all.apply(authority.proxyTls()), client))
                .isEqualTo("trusted");
        assertThat(ClientTrustProbe.outcome(all.apply(authority.proxyTls()).withRevocationLists(List.of(list)), client))
                .isEqualTo("UNTRUSTED");
        client = below.issue("CN=known");
        assertThat(ClientTrustProbe.outcome(all.apply(authority.proxyTls()), client))
                .isEqualTo("trusted");
        assertThat(ClientTrustProbe.outcome(all.apply(authority.proxyTls()).withRevocationLists(List.of(list)), client))
                .isEqualTo("UNTRUSTED");
    }

    @Test
    void everyAuthorityRevoked_stopsTheStart() throws Exception {
        refused(authority.revoking(authority.certificate()).build())
                .hasMessageContaining("every client authority is revoked");
    }

    @Test
    void listThatIsOutOfDate_countsOrRefusesAsConfigured() throws Exception {
        for (TestCrl stale : List.of(
                authority.revoking().nextUpdate(Instant.now().minusSeconds(1)),
                authority.revoking().thisUpdate(Instant.now().plusSeconds(600)))) {
            TlsOptions options = authority.proxyTls().withRevocationLists(List.of(stale.build()));
            assertThat(ClientTrustProbe.outcome(options, client)).isEqualTo("trusted by lists out of date");
            assertThat(ClientTrustProbe.outcome(options.withExpiredRevocationListsRefused(true), client))
                    .isEqualTo("STALE_CRL");
        }
        TlsOptions fresh = authority
                .proxyTls()
                .withRevocationLists(
                        List.of(authority.revoking().nextUpdate(null).build()));
        assertThat(ClientTrustProbe.outcome(fresh.withExpiredRevocationListsRefused(true), client))
                .isEqualTo("trusted");
    }

    @Test
    void revokedByAListThatIsOutOfDate_isRevoked() throws Exception {
        assertThat(isRevoked(
                        revoking().nextUpdate(Instant.now().minusSeconds(1)).build()))
                .isTrue();
    }

    private TestCrl revoking() {
        return authority.revoking(client.certificate());
    }

    private boolean isRevoked(X509CRL... lists) throws Exception {
        return isRevoked(options -> options.withRevocationLists(List.of(lists)));
    }

    private boolean isRevoked(UnaryOperator<TlsOptions> lists) throws Exception {
        String outcome = ClientTrustProbe.outcome(lists.apply(authority.proxyTls()), client);
        assertThat(outcome).isIn("trusted", "trusted by lists out of date", "REVOKED");
        return outcome.equals("REVOKED");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused(X509CRL list) {
        return assertThatThrownBy(() -> build(authority.proxyTls().withRevocationLists(List.of(list))))
                .isInstanceOf(ConfigurationException.class);
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused(Path file) {
        return assertThatThrownBy(() -> authority.proxyTls().withRevocationListFiles(List.of(file)))
                .isInstanceOf(ConfigurationException.class);
    }

    private static void build(TlsOptions options) {
        Smokescreen.builder().tls(options).build().close();
    }

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("list.crl"), content);
    }

    private static IssuingDistributionPoint point(
            String name, boolean onlyAuthorities, @Nullable ReasonFlags reasons, boolean indirect) {
        return new IssuingDistributionPoint(
                new DistributionPointName(
                        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, "http://crl/" + name))),
                false,
                onlyAuthorities,
                reasons,
                indirect,
                false);
    }
}
