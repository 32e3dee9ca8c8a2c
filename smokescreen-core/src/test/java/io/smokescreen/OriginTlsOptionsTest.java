package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestPem;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whom the proxy trusts at the other end. */
class OriginTlsOptionsTest {

    private final TestCertificates authority;

    @TempDir
    private Path directory;

    OriginTlsOptionsTest() throws Exception {
        this.authority = TestCertificates.create();
    }

    @Test
    void authorities_fromFilesAndFromValues_meanTheSame() throws Exception {
        TestCertificates other = TestCertificates.create("CN=Other CA");
        Path one = TestPem.write(directory.resolve("one.pem"), authority.certificate());
        Path two = TestPem.write(directory.resolve("two.pem"), "a comment\n", other.certificate());

        OriginTlsOptions options = OriginTlsOptions.systemTrust().withAuthorityFiles(List.of(one, two));

        assertThat(options)
                .isEqualTo(OriginTlsOptions.systemTrust()
                        .withAuthorities(List.of(authority.certificate(), other.certificate())))
                .isNotEqualTo(OriginTlsOptions.systemTrust())
                .isNotEqualTo(options.withProvider(TlsProvider.JDK))
                .hasToString("OriginTlsOptions[2 authorities, AUTO]");
        assertThat(OriginTlsOptions.systemTrust())
                .isEqualTo(OriginTlsOptions.systemTrust())
                .hasToString("OriginTlsOptions[system trust, AUTO]");
    }

    @Test
    void fileThatHoldsSomethingElse_isRefusedWithItsName() throws Exception {
        Identity leaf = authority.issue("CN=leaf");
        assertRefused(directory.resolve("missing.pem"), "missing.pem");
        assertRefused(TestPem.write(directory.resolve("text.pem"), "nothing"), "holds no PEM block");
        assertRefused(TestPem.write(directory.resolve("leaf.pem"), leaf.certificate()), "is no authority");
        assertRefused(
                TestPem.write(directory.resolve("key.pem"), authority.certificate(), leaf.key()),
                "is not a certificate");
    }

    private static void assertRefused(Path file, String words) {
        assertThatThrownBy(() -> OriginTlsOptions.systemTrust().withAuthorityFiles(List.of(file)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(file.getFileName().toString())
                .hasMessageContaining(words);
    }

    /** An empty list would mean the system's trust to whoever reads "these authorities and no others". */
    @Test
    void noAuthorities_isNotTheSystemsTrust() {
        OriginTlsOptions options = OriginTlsOptions.systemTrust();

        assertThatThrownBy(() -> options.withAuthorities(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("authorities is empty (expected at least one)");
        assertThatThrownBy(() -> options.withAuthorityFiles(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("files is empty (expected at least one)");
    }

    @Test
    void certificateOfNoAuthority_isRefused() throws Exception {
        Identity leaf = authority.issue("CN=leaf");

        assertThatThrownBy(() -> OriginTlsOptions.systemTrust().withAuthorities(List.of(leaf.certificate())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CN=leaf")
                .hasMessageContaining("is no authority");
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void proxy_canBeBuiltWithEachProvider(TlsProvider provider) {
        OriginTlsOptions options = OriginTlsOptions.systemTrust().withProvider(provider);
        OriginTlsOptions own = options.withAuthorities(List.of(authority.certificate()));

        assertThat(Smokescreen.builder().originTls(options).build()).isNotNull();
        assertThat(Smokescreen.builder().originTls(own).build()).isNotNull();
    }
}
