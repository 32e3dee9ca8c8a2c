package io.smokescreen;

import static io.smokescreen.testing.TestPem.pkcs8;
import static io.smokescreen.testing.TestPem.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestIssuance;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which authorities are taken, and what is said of others. */
class MitmOptionsTest {

    private static final String SUBJECT = "CN=MITM";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Identity authority;

    @BeforeEach
    void createAuthority() throws Exception {
        authority = selfSigned("EC").issueAuthority();
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void everyKindOfKey_isTakenFromFiles(String algorithm) throws Exception {
        Identity signer = selfSigned(algorithm)
                .usage(KeyUsage.keyCertSign | KeyUsage.cRLSign)
                .issueAuthority(0);

        start(fromFiles(signer)); // from PKCS#8 here, from PKCS#1 and SEC1 in TlsFilesTest
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void everyProvider_takesEveryKey(TlsProvider provider) throws Exception {
        Identity signer = selfSigned("Ed25519").issueAuthority();

        start(MitmOptions.of(signer.key(), signer.chain()).withProvider(provider));
    }

    @Test
    void intermediates_areReadInAnyOrder() throws Exception {
        TestCertificates root = TestCertificates.create("CN=Root");
        Identity intermediate = root.intermediate(SUBJECT).authority();
        Path certificates = file("ca.pem", root.certificate(), intermediate.certificate());

        assertThat(MitmOptions.fromFiles(certificates, file("ca.key", pkcs8(intermediate.key()))))
                .isEqualTo(MitmOptions.of(intermediate.key(), List.of(intermediate.certificate(), root.certificate())));
    }

    @Test
    void missingParts_areNamed() throws Exception {
        Path certificate = file("ca.pem", authority.certificate());
        Path key = file("ca.key", pkcs8(authority.key()));
        Path absent = directory.resolve("absent.pem");

        refused(() -> MitmOptions.fromFiles(absent, key))
                .hasMessage(absent + " does not exist (expected a file with the authority's certificate and its"
                        + " intermediates in PEM)");
        refused(() -> MitmOptions.fromFiles(certificate, absent)).hasMessageContaining(absent + " does not exist");
        refused(() -> MitmOptions.fromFiles(key, key))
                .hasMessage(key + " holds no certificate (expected the authority's certificate and its intermediates in"
                        + " PEM)");
        refused(() -> MitmOptions.fromFiles(certificate, certificate))
                .hasMessageContaining(certificate + " holds no private keys");
    }

    @Test
    void keyOfAnother_isRefused() throws Exception {
        Path certificate = file("ca.pem", authority.certificate());
        Path key = file("other.key", pkcs8(TestIssuance.newKeys("RSA").getPrivate()));

        refused(() -> MitmOptions.fromFiles(certificate, key))
                .hasMessage("the private key in " + key + " does not belong to a certificate in " + certificate
                        + " (expected the key of 'CN=MITM')");
        refusedArgument(() -> MitmOptions.of(TestIssuance.newKeys("EC").getPrivate(), authority.chain()))
                .hasMessage("the key does not belong to the certificate 'CN=MITM' (expected its private key)");
        refusedArgument(() -> MitmOptions.of(authority.key(), List.of())).hasMessageContaining("is empty");
    }

    @Test
    void certificateThatMaySignNone_isRefused() throws Exception {
        Identity leaf = selfSigned("EC").issue();
        refused(() -> fromFiles(leaf))
                .hasMessage(directory.resolve("ca.pem") + " holds the certificate of 'CN=MITM', which is no authority"
                        + " (expected the basic constraint CA:TRUE)");
        refusedArgument(() -> MitmOptions.of(leaf.key(), leaf.chain()))
                .hasMessage("'CN=MITM' is no authority (expected the basic constraint CA:TRUE)");

        Identity unable = selfSigned("EC").usage(KeyUsage.digitalSignature).issueAuthority();
        refused(() -> fromFiles(unable))
                .hasMessageEndingWith("which may not sign certificates (expected the key usage keyCertSign)");
        refusedArgument(() -> MitmOptions.of(unable.key(), unable.chain()))
                .hasMessageContaining("may not sign certificates");
    }

    @Test
    void authorityThatIsNotValidNow_isRefusedWithItsFiles_andByBuild() throws Exception {
        Instant now = Instant.now();
        Identity expired = selfSigned("EC").validUntil(now.minusSeconds(2)).issueAuthority();
        String hasExpired = "the MITM authority 'CN=MITM' has expired at \\S+Z \\(expected one that is valid now\\)";
        refused(() -> fromFiles(expired)).hasMessageMatching(hasExpired);
        refused(() -> start(MitmOptions.of(expired.key(), expired.chain()))).hasMessageMatching(hasExpired);

        Identity future =
                selfSigned("RSA").validFrom(now.plus(Duration.ofMinutes(10))).issueAuthority();
        refused(() -> start(fromFiles(future)))
                .hasMessageMatching(
                        "the MITM authority 'CN=MITM' is not valid before \\S+Z \\(expected one that is valid now\\)");
    }

    @Test
    void equalFiles_makeEqualOptions() throws Exception {
        MitmOptions options = fromFiles(authority);

        assertThat(fromFiles(authority)).isEqualTo(options).hasSameHashCodeAs(options);
        assertThat(options.withProvider(TlsProvider.JDK)).isNotEqualTo(options);
        assertThat(fromFiles(selfSigned("EC").issueAuthority())).isNotEqualTo(options);
    }

    @Test
    void text_tellsNoKey() {
        assertThat(MitmOptions.of(authority.key(), authority.chain())).hasToString("MitmOptions[CN=MITM]");
    }

    private static void start(MitmOptions options) {
        Smokescreen.builder().listen("127.0.0.1", 0).mitm(options).start().close();
    }

    private MitmOptions fromFiles(Identity signer) throws IOException {
        return MitmOptions.fromFiles(file("ca.pem", signer.certificate()), file("ca.key", pkcs8(signer.key())));
    }

    private Path file(String name, Object... content) throws IOException {
        return write(directory.resolve(name), content);
    }

    private static TestIssuance selfSigned(String algorithm) throws Exception {
        return TestCertificates.selfSigned(SUBJECT, TestIssuance.newKeys(algorithm));
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refused(ThrowingCallable code) {
        return assertThatThrownBy(code).isInstanceOf(ConfigurationException.class);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refusedArgument(ThrowingCallable code) {
        return assertThatThrownBy(code).isInstanceOf(IllegalArgumentException.class);
    }
}
