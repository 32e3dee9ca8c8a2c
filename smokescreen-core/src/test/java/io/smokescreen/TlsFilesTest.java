package io.smokescreen;

import static io.smokescreen.testing.TestPem.pkcs8;
import static io.smokescreen.testing.TestPem.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestIssuance;
import io.smokescreen.testing.TestPem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and certificates from files. */
class TlsFilesTest {

    /** The curve P-256, as {@code openssl ecparam -genkey} writes it before the key. */
    private static final PemObject EC_PARAMETERS =
            new PemObject("EC PARAMETERS", new byte[] {6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 3, 1, 7});

    /** Made with {@code openssl genpkey -aes256}. */
    private static final String ENCRYPTED_PKCS8 = """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAik0FWZowSE3QICCAAw
            DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEIchrFq4qxZM57D9Zf2eBiEEgZCf
            XmL2s28GIqtve5+0P9sM9FfD7/GIIRRwVY+BhYdlU6fBo2I34xGeivsP5p36z2y+
            w8Z86C+8LB2B9Qb/2kvEwPGyGiYPuE5YER5tbbdn9+aDtDRCCRdkw/MQGO79LABU
            4ghEl64GZmcGis1F5nwgUm0xhkAjS1Wmq57Tz/4x8kYtK5FtGyRkNTaLJDHRKmI=
            -----END ENCRYPTED PRIVATE KEY-----
            """;

    /** Made with {@code openssl ec -aes128}. */
    private static final String ENCRYPTED_SEC1 = """
            -----BEGIN EC PRIVATE KEY-----
            Proc-Type: 4,ENCRYPTED
            DEK-Info: AES-128-CBC,85DC2F6BE86BA0171FAD9B19C6BFA860

            S1VXfdoDHuDyBWhHuA56y1ay2KfnN+YMaaicrtZJrLJyu23gA4SiRb1fIuuFLSGG
            yMYW/8kxcGkPj8UXwP/4+Ouz+/C5iLDVmEKFJWqEcnb6elSfw+uwv3r6VfZeQg4U
            H/7/LVdXqD48UA07Qxbc4QHhmEsTwRVYN6hdMO7tPxM=
            -----END EC PRIVATE KEY-----
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private TestCertificates authority;

    @SuppressWarnings("NullAway.Init")
    private Identity server;

    @BeforeEach
    void issue() throws GeneralSecurityException, IOException {
        authority = TestCertificates.create();
        server = authority.issue("CN=smokescreen");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void pkcs8_isRead(String algorithm) throws Exception {
        Identity identity = authority
                .issuing("CN=smokescreen")
                .keys(TestIssuance.newKeys(algorithm))
                .issue();

        TlsOptions options = TlsOptions.fromBundle(file("bundle.pem", pkcs8(identity.key()), identity.certificate()));

        assertThat(options.settings().identity().key()).isEqualTo(identity.key());
        assertThat(chain(options)).containsExactly(identity.certificate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void traditionalKey_isRead(String algorithm) throws Exception {
        Identity identity = authority
                .issuing("CN=smokescreen")
                .keys(TestIssuance.newKeys(algorithm))
                .issue();
        Path key = file("key.pem", identity.key());
        assertThat(key).content().contains("BEGIN " + algorithm + " PRIVATE KEY");

        assertThat(chain(TlsOptions.fromFiles(file("cert.pem", identity.certificate()), key)))
                .containsExactly(identity.certificate());
    }

    @Test
    void parametersBeforeTheKey_areReadWhereItLacksThem() throws Exception {
        PemObject bare = new PemObject("EC PRIVATE KEY", TestPem.sec1(server.key(), false));

        assertThat(chain(TlsOptions.fromBundle(file("bundle.pem", EC_PARAMETERS, bare, server.certificate()))))
                .containsExactly(server.certificate());
        assertThat(chain(TlsOptions.fromBundle(file("both.pem", EC_PARAMETERS, server.key(), server.certificate()))))
                .containsExactly(server.certificate());
        Path alone = file("bare.pem", bare, server.certificate());
        refused(() -> TlsOptions.fromBundle(alone))
                .hasMessageContainingAll(alone + ", line 1", "EC PRIVATE KEY", "EC PARAMETERS");
    }

    @Test
    void bundle_mayHaveAnyOrderAndTextBetween() throws Exception {
        TestCertificates intermediate = authority.intermediate("CN=Intermediate");
        TestCertificates second = intermediate.intermediate("CN=Second");
        Identity identity = second.issue("CN=smokescreen");

        TlsOptions options = TlsOptions.fromBundle(file(
                "bundle.pem",
                "subject=CN = Second\r\n\r\n",
                authority.certificate(),
                second.certificate(),
                pkcs8(identity.key()),
                "- a list -\n",
                identity.certificate(),
                intermediate.certificate()));

        assertThat(chain(options))
                .containsExactly(
                        identity.certificate(),
                        second.certificate(),
                        intermediate.certificate(),
                        authority.certificate());
    }

    @Test
    void certificateThatDoesNotFollow_isLeftOut() throws Exception {
        X509Certificate stranger = TestCertificates.create().certificate();
        TlsOptions options =
                TlsOptions.fromBundle(file("bundle.pem", stranger, pkcs8(server.key()), server.certificate()));

        assertThat(chain(options)).containsExactly(server.certificate());
    }

    @Test
    void encryptedKeys_areRefused() throws Exception {
        Path key = file("key.pem", ENCRYPTED_SEC1);
        refused(() -> TlsOptions.fromFiles(file("cert.pem", server.certificate()), key))
                .hasMessageContainingAll(key + ", line 1", "EC PRIVATE KEY", "is encrypted", "openssl pkey");

        Path pkcs8 = file("pkcs8.pem", ENCRYPTED_PKCS8);
        refused(() -> TlsOptions.fromFiles(file("cert.pem", server.certificate()), pkcs8))
                .hasMessageContainingAll(pkcs8 + ", line 1", "ENCRYPTED PRIVATE KEY", "is encrypted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void keyOfAnotherCertificate_isRefused(String algorithm) throws Exception {
        Path certificate = file("cert.pem", server.certificate());
        Path key = file("key.pem", pkcs8(TestIssuance.newKeys(algorithm).getPrivate()));

        refused(() -> TlsOptions.fromFiles(certificate, key))
                .hasMessageContainingAll(certificate.toString(), key.toString(), "CN=smokescreen", "does not belong");
    }

    @Test
    void keyOfAnUnusableKind_isRefused() throws Exception {
        Path key = file("key.pem", pkcs8(TestIssuance.newKeys("DSA").getPrivate()));
        refused(() -> TlsOptions.fromFiles(file("cert.pem", server.certificate()), key))
                .hasMessageContainingAll(key.toString(), "DSA", "expected RSA, EC or Ed25519");
    }

    @Test
    void missingParts_areNamed() throws Exception {
        Path certificate = file("cert.pem", server.certificate());
        Path key = file("key.pem", server.key());

        refused(() -> TlsOptions.fromBundle(certificate))
                .hasMessage(certificate + " holds no private keys (expected one unencrypted private key in PEM)");
        refused(() -> TlsOptions.fromBundle(key))
                .hasMessageContaining(key + " holds no certificate (expected the proxy's");
        refused(() -> TlsOptions.fromFiles(certificate, file("two.pem", server.key(), server.key())))
                .hasMessageContaining("two.pem holds 2 private keys (expected one");
        refused(() -> TlsOptions.fromBundle(directory.resolve("absent.pem")))
                .hasMessageContaining("absent.pem does not exist (expected a file with");
        refused(() -> TlsOptions.fromBundle(file("empty.pem"))).hasMessageContaining("empty.pem is empty");
        refused(() -> TlsOptions.fromBundle(directory)).hasMessageContaining(directory + " cannot be read");
    }

    @Test
    void damagedBlocks_areRefused() throws Exception {
        String certificate = TestPem.of(server.certificate());
        String key = TestPem.of(server.key());
        long line = key.lines().count() + 1;
        refused(() -> bundle(key, certificate.replace("-----END CERTIFICATE-----", "")))
                .hasMessageContaining("line " + line + ": the block 'CERTIFICATE' has no end");
        refused(() -> bundle(key, certificate.replace("-----BEGIN", "----BEGIN")))
                .hasMessageContaining("line " + line + ": a damaged marker");
        refused(() -> bundle(key, certificate.replace("-----BEGIN", "\u2014--BEGIN")))
                .hasMessageContaining("line " + line + ": a damaged marker");
        refused(() -> bundle(key, certificate.replace("-----BEGIN CERTIFICATE-----", "")))
                .hasMessageContaining("the end of a block 'CERTIFICATE' that has not begun");
        refused(() -> bundle(key, "-----BEGIN CERTIFICATE-----\n", certificate))
                .hasMessageContaining("line " + (line + 1) + ": a block begins before the end of 'CERTIFICATE'");
        refused(() -> bundle(key, certificate.replaceFirst("\nMI", "\nM*")))
                .hasMessageContainingAll("line " + line + ": the block 'CERTIFICATE'", "cannot be read");
        refused(() -> bundle(key, "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"))
                .hasMessageContaining("line " + line + ": the block 'CERTIFICATE'");
    }

    @Test
    void clientAuthorities_comeFromSeveralFiles() throws Exception {
        TestCertificates second = TestCertificates.create("CN=Second");
        TestCertificates third = TestCertificates.create("CN=Third");
        List<Path> files = List.of(
                file("one.pem", authority.certificate(), second.certificate()),
                file("two.pem", third.certificate(), authority.certificate()));

        assertThat(authority
                        .proxyTls()
                        .withClientAuthorityFiles(files)
                        .settings()
                        .clientAuthorities())
                .containsExactly(authority.certificate(), second.certificate(), third.certificate());
    }

    @Test
    void whatIsNoAuthority_isRefused() throws Exception {
        Path leaf = file("leaf.pem", server.certificate());
        refused(() -> authority.proxyTls().withClientAuthorityFiles(List.of(leaf)))
                .hasMessageContainingAll(leaf + ", line 1", "CN=smokescreen", "is no authority", "CA:TRUE");
        Path key = file("key.pem", authority.certificate(), server.key());
        refused(() -> authority.proxyTls().withClientAuthorityFiles(List.of(key)))
                .hasMessageContainingAll(key.toString(), "EC PRIVATE KEY", "expected certificates of authorities only");
        Path text = file("text.pem", "nothing");
        refused(() -> authority.proxyTls().withClientAuthorityFiles(List.of(text)))
                .hasMessageContainingAll(text.toString(), "holds no PEM block");
        assertThatThrownBy(() -> authority.proxyTls().withClientAuthorities(List.of(server.certificate())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no authority");
    }

    @Test
    void of_refusesKeyAndCertificateThatDoNotMatch() throws Exception {
        Identity other = authority.issue("CN=other");
        assertThatThrownBy(() -> TlsOptions.of(other.key(), server.chain()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("CN=smokescreen", "does not belong");
        assertThatThrownBy(() -> TlsOptions.of(other.key(), List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void equalFiles_makeEqualOptions() throws Exception {
        Path bundle = file("bundle.pem", server.key(), server.certificate());
        List<Path> authorities = List.of(file("ca.pem", authority.certificate()));
        Path list = file("crl.pem", authority.revoking(server.certificate()).build());
        TlsOptions options = TlsOptions.fromBundle(bundle)
                .withClientAuthorityFiles(authorities)
                .withRevocationListFiles(List.of(list));

        assertThat(TlsOptions.fromBundle(bundle)
                        .withClientAuthorityFiles(authorities)
                        .withRevocationListFiles(List.of(list)))
                .isEqualTo(options)
                .hasSameHashCodeAs(options);
        file("crl.pem", authority.revoking().build());
        assertThat(options.withRevocationListFiles(List.of(list))).isNotEqualTo(options);
        assertThat(options.withProvider(TlsProvider.JDK)).isNotEqualTo(options);
        assertThat(options.withMinimumVersion(TlsVersion.TLS_1_3)).isNotEqualTo(options);
        assertThat(options.withClientCertificateRequired(true)).isNotEqualTo(options);
    }

    @Test
    void text_tellsNoKey() throws Exception {
        assertThat(authority.proxyTls().toString() + authority.proxyTls().settings())
                .contains("CN=smokescreen")
                .doesNotContainIgnoringCase("key=")
                .doesNotContain("PrivateKey");
    }

    private TlsOptions bundle(String... parts) throws IOException {
        return TlsOptions.fromBundle(file("bundle.pem", (Object[]) parts));
    }

    private Path file(String name, Object... content) throws IOException {
        return write(directory.resolve(name), content);
    }

    private static List<X509Certificate> chain(TlsOptions options) {
        return options.settings().identity().chain();
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refused(ThrowingCallable code) {
        return assertThatThrownBy(code).isInstanceOf(ConfigurationException.class);
    }
}
