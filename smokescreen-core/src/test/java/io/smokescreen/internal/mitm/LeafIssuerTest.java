package io.smokescreen.internal.mitm;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.Host;
import io.smokescreen.internal.tls.ServerIdentity;
import io.smokescreen.testing.Command;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestIssuance;
import io.smokescreen.testing.TestPem;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in a minted certificate, read by the JDK and by OpenSSL. */
class LeafIssuerTest {

    private static final Duration VALIDITY = Duration.ofDays(7);
    private static final Duration CENTURY = Duration.ofDays(36_500);
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final Host NAME = Host.parse("api.example.com");

    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final String SAN = "2.5.29.17";
    private static final String SUBJECT_KEY = "2.5.29.14";
    private static final String AUTHORITY_KEY = "2.5.29.35";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Identity authority;

    @BeforeEach
    void createAuthority() throws Exception {
        authority = authority(TestIssuance.newKeys("EC")).issueAuthority(0);
    }

    @Test
    void name_isCommonNameAndAlternativeName() throws Exception {
        X509Certificate leaf = mint(NAME);

        assertThat(leaf.getSubjectX500Principal()).isEqualTo(new X500Principal("CN=api.example.com"));
        assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(DNS_NAME, "api.example.com"));
        assertThat(leaf.getNonCriticalExtensionOIDs()).contains(SAN);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.7, 192.0.2.7", "2001:db8::7, 2001:db8:0:0:0:0:0:7", "::ffff:192.0.2.7, 192.0.2.7"})
    void address_isAnAddressAmongTheAlternativeNames(String host, String named) throws Exception {
        assertThat(mint(Host.parse(host)).getSubjectAlternativeNames()).containsExactly(List.of(IP_ADDRESS, named));
    }

    @Test
    void nameTooLongForACommonName_leavesTheSubjectEmptyAndTheAlternativeNameCritical() throws Exception {
        X509Certificate longest = mint(host(64));
        assertThat(longest.getSubjectX500Principal().getName()).isEqualTo("CN=" + host(64));
        assertThat(longest.getNonCriticalExtensionOIDs()).contains(SAN);

        for (int length : new int[] {65, Host.MAX_NAME_LENGTH}) {
            X509Certificate longer = mint(host(length));
            assertThat(longer.getSubjectX500Principal().getName()).isEmpty();
            assertThat(longer.getCriticalExtensionOIDs()).contains(SAN);
            assertThat(longer.getSubjectAlternativeNames())
                    .containsExactly(List.of(DNS_NAME, host(length).text()));
        }
    }

    @Test
    void leaf_isForServersAndSignsNoCertificates() throws Exception {
        X509Certificate leaf = mint(NAME);

        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(leaf.getKeyUsage())
                .isEqualTo(new boolean[] {true, false, false, false, false, false, false, false, false});
        assertThat(leaf.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
        assertThat(leaf.getExtensionValue(AUTHORITY_KEY)).endsWith(lastOctets(authority.certificate()));
        assertThat(leaf.getExtensionValue(SUBJECT_KEY)).isNotNull();
    }

    /** With the number of its issuer's certificate it would not fit to another certificate of the same authority. */
    @Test
    void authority_isNamedByItsKeyOnly_whoeverMadeTheIdentifier() throws Exception {
        TestCertificates root = TestCertificates.create("CN=Root");
        Identity withoutIdentifier = root.issue("CN=No identifier");

        byte[] expected = new JcaX509ExtensionUtils()
                .createAuthorityKeyIdentifier(withoutIdentifier.certificate().getPublicKey())
                .getEncoded();
        X509Certificate leaf = issuer(withoutIdentifier).issue(NAME, now).certificate();

        assertThat(leaf.getExtensionValue(AUTHORITY_KEY)).endsWith(expected);
        assertThat(mint(NAME).getExtensionValue(AUTHORITY_KEY)).hasSameSizeAs(leaf.getExtensionValue(AUTHORITY_KEY));
    }

    @Test
    void serialNumbers_areRandomAndPositive() throws Exception {
        LeafIssuer issuer = issuer(authority);
        Set<Object> seen = new HashSet<>();
        int bits = 0;
        for (int i = 0; i < 50; i++) {
            X509Certificate leaf = issuer.issue(NAME, now).certificate();
            assertThat(leaf.getSerialNumber().signum()).isEqualTo(1);
            bits = Math.max(bits, leaf.getSerialNumber().bitLength());
            seen.add(leaf.getSerialNumber());
        }
        assertThat(seen).hasSize(50);
        assertThat(bits).isBetween(120, 128);
    }

    @Test
    void validity_isFromADayAgoToSevenDaysAhead() throws Exception {
        Leaf leaf = issuer(authority).issue(NAME, now);

        assertThat(leaf.certificate().getNotBefore()).isEqualTo(now.minus(Duration.ofDays(1)));
        assertThat(leaf.certificate().getNotAfter()).isEqualTo(now.plus(VALIDITY));
        assertThat(leaf.renewAt()).isEqualTo(now.plus(VALIDITY.dividedBy(2)));
    }

    @Test
    void validity_staysWithinTheAuthoritys() throws Exception {
        Instant begin = now.minusSeconds(10);
        Instant end = now.plusSeconds(20);
        Identity brief = authority(TestIssuance.newKeys("EC"))
                .validFrom(begin)
                .validUntil(end)
                .issueAuthority();
        Leaf leaf = issuer(brief).issue(NAME, now);

        assertThat(leaf.certificate().getNotBefore()).isEqualTo(begin);
        assertThat(leaf.certificate().getNotAfter()).isEqualTo(end);
        assertThat(leaf.renewAt()).as("another one would end no later").isEqualTo(end);
    }

    @ParameterizedTest
    @CsvSource({
        "secp256r1, SHA256withECDSA",
        "secp384r1, SHA384withECDSA",
        "secp521r1, SHA512withECDSA",
        "RSA, SHA256withRSA",
        "Ed25519, Ed25519"
    })
    void signature_fitsTheAuthoritysKey(String key, String algorithm) throws Exception {
        Identity signer = authority(newKeys(key)).issueAuthority();
        X509Certificate leaf = issuer(signer).issue(NAME, now).certificate();

        assertThat(leaf.getSigAlgName()).isIn(algorithm, "EdDSA");
        leaf.verify(signer.certificate().getPublicKey());
        assertThat(leaf.getIssuerX500Principal().getEncoded())
                .isEqualTo(signer.certificate().getSubjectX500Principal().getEncoded());
    }

    @ParameterizedTest
    @ValueSource(strings = {"api.example.com", "192.0.2.7", "2001:db8::7"})
    void openssl_findsNothingWrong(String host) throws Exception {
        assertThat(verify(host, "RSA")).endsWith("leaf.pem: OK\n");
        assertThat(verify(host, "secp384r1")).endsWith("leaf.pem: OK\n");
        assertThat(verify(host(200).text(), "secp256r1")).endsWith("leaf.pem: OK\n");
    }

    @Test
    void openssl_refusesTheCertificateForAnotherName() throws Exception {
        Path leaf = TestPem.write(directory.resolve("leaf.pem"), mint(NAME));
        Path root = TestPem.write(directory.resolve("root.pem"), authority.certificate());
        assertThat(Command.run(
                        directory,
                        "",
                        "openssl",
                        "verify",
                        "-CAfile",
                        root.toString(),
                        "-verify_hostname",
                        "www." + NAME,
                        leaf.toString()))
                .contains("hostname mismatch");
    }

    private String verify(String host, String key) throws Exception {
        Identity signer = authority(newKeys(key)).issueAuthority(0);
        X509Certificate minted = issuer(signer).issue(Host.parse(host), now).certificate();
        Path leaf = TestPem.write(directory.resolve("leaf.pem"), minted);
        Path root = TestPem.write(directory.resolve("root.pem"), signer.certificate());
        String what = Host.parse(host).address().isPresent() ? "-verify_ip" : "-verify_hostname";
        return Command.run(
                directory,
                "",
                "openssl",
                "verify",
                "-x509_strict",
                "-purpose",
                "sslserver",
                "-CAfile",
                root.toString(),
                what,
                host,
                leaf.toString());
    }

    private X509Certificate mint(Host host) throws Exception {
        return issuer(authority).issue(host, now).certificate();
    }

    private LeafIssuer issuer(Identity authority) throws Exception {
        ServerIdentity identity = new ServerIdentity(authority.key(), authority.chain());
        return new LeafIssuer(MitmAuthority.of(identity, now), newKeys("secp256r1"), VALIDITY);
    }

    /** An authority that outlives what it signs, with all that OpenSSL asks for if it is strict. */
    private TestIssuance authority(KeyPair keys) {
        return TestCertificates.selfSigned("CN=MITM,O=Example", keys)
                .validFrom(now.minus(CENTURY))
                .validUntil(now.plus(CENTURY))
                .usage(KeyUsage.keyCertSign | KeyUsage.cRLSign);
    }

    private static KeyPair newKeys(String kind) throws Exception {
        if (!kind.startsWith("secp")) {
            return TestIssuance.newKeys(kind);
        }
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(kind));
        return generator.generateKeyPair();
    }

    private static byte[] lastOctets(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(SUBJECT_KEY);
        return Arrays.copyOfRange(extension, extension.length - 20, extension.length);
    }

    private static Host host(int length) {
        String name = "n".repeat(40) + ("." + "x".repeat(49)).repeat(5);
        return Host.parse(name.substring(0, length));
    }
}
