package io.smokescreen.internal.policy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.smokescreen.api.AclRequest;
import io.smokescreen.api.ConfigurationException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made to break the reader, and files so large that the library's defaults would. */
class AclFileHostileTest {

    private static final String VALID = "version: v1\nservices:\n- name: web\n  action: enforce\n";

    @TempDir
    private Path directory;

    @Test
    void missingFile_isRefused() {
        assertRefused(directory.resolve("none.yaml"), ": no such file");
    }

    @Test
    void directory_isRefused() {
        assertRefused(directory, ": cannot be read: ");
    }

    @Test
    void textThatIsNotUtf8_isRefusedWithItsPlace() throws IOException {
        assertRefused(
                write(("version: v1\n# b\u00fccher\n" + VALID).getBytes(ISO_8859_1)),
                ":2:4: a byte that is not UTF-8 (expected a text file in UTF-8)");
        assertRefused(write(VALID.getBytes(UTF_16)), ":1:1: a byte that is not UTF-8");
        assertRefused(write(new byte[] {'a', (byte) 0xc3}), ":1:2: a byte that is not UTF-8");
    }

    @Test
    void byteOrderMark_isSkipped() throws IOException {
        Path file = write(("\ufeff" + VALID).getBytes(UTF_8));
        assertThat(AclFile.read(file, Set.of())
                        .decide(AclRequest.of("web", "a.test", 443))
                        .reason())
                .isEqualTo("rule has enforce policy");
    }

    @Test
    void tab_isRefusedAsIndentation() {
        assertRefused("version: v1\nservices:\n- name: web\n\taction: open", "acl.yaml:4:1: not valid YAML: ");
        assertRefused("version: v1\nservices:\n-\tname: web", "acl.yaml:3:7: not valid YAML: ");
    }

    @Test
    void characterThatYamlForbids_isRefused() {
        assertRefused(VALID + "# \u0000", "acl.yaml:5:3: a character that YAML does not allow, U+0000");
        assertRefused(VALID + "# \u001b[31m", "acl.yaml:5:3: a character that YAML does not allow, U+001B");
    }

    @Test
    void secondDocument_isRefused() {
        assertRefused(VALID + "---\n" + VALID, "acl.yaml:5:1: not valid YAML: ");
        assertRefused(VALID + "...\n---\nservices: []", "acl.yaml:6:1: not valid YAML: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version: v1\nservices: [",
                "version: 'v1",
                "version: v1\n  services: []",
                "%YAML 9",
                "a: *b",
                "\"\\x\""
            })
    void brokenYaml_isRefused(String text) {
        assertRefused(text, "acl.yaml:");
    }

    @Test
    void aliasBomb_isRefused() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ",").repeat(9)).append("]\n");
        }
        assertRefused(bomb.toString(), "Number of aliases");
    }

    @Test
    void recursiveAlias_isRefused() {
        assertRefused(
                "version: v1\nservices: &a\n- *a",
                "acl.yaml:2:11: services[0]: expected keys and values, found a list");
        assertRefused("&a\nversion: v1\nservices: []\ndefault: *a", "unknown key 'version'");
    }

    @Test
    void deepNesting_isRefusedWithoutRecursion() {
        String deeper = "acl.yaml:1:51: nested deeper than 50 levels";
        assertRefused("[".repeat(10_000), deeper);
        assertRefused("[".repeat(51) + "]".repeat(51), deeper);
        assertRefused("[".repeat(50) + "]".repeat(50), "acl.yaml:1:1: expected keys and values, found a list");
        assertRefused("{a: ".repeat(100_000), "nested deeper than 50 levels");
        assertRefused("- ".repeat(100_000), "nested deeper than 50 levels");
    }

    @Test
    void hugeFile_isRefusedUnread() throws IOException {
        Path file = directory.resolve("huge.yaml");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        assertRefused(file, ": is larger than 67108864 bytes");
    }

    @Test
    void fileOfAHundredThousandEntries_loadsAndDecides() throws IOException {
        StringBuilder text = new StringBuilder("version: v1\nservices:\n");
        for (int service = 0; service < 1_000; service++) {
            text.append("- name: service-").append(service).append("\n  project: p\n  action: enforce\n");
            text.append("  allowed_domains:\n");
            for (int i = 0; i < 100; i++) {
                text.append("  - \"*.host-")
                        .append(i)
                        .append(".of-service-")
                        .append(service)
                        .append(".example.com\"\n");
            }
        }
        Path file = write(text.toString().getBytes(UTF_8));
        long start = System.nanoTime();
        AclIndex acl = AclFile.read(file, Set.of());
        // The target is 1.5 s on a quiet machine; this bound only tells a linear load from a quadratic one.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(acl.decide(AclRequest.of("service-7", "x.host-99.of-service-7.example.com", 443))
                        .matched())
                .contains("*.host-99.of-service-7.example.com");
    }

    /** Beyond the library's own limit of 3 MB, and on one line, which the library's own window reads in quadratic time. */
    @Test
    @Timeout(60)
    void longLine_loads() throws IOException {
        Path file = write((VALID + "# " + "x".repeat(20_000_000)).getBytes(UTF_8));
        assertThat(AclFile.read(file, Set.of())
                        .decide(AclRequest.of("web", "a.test", 443))
                        .isAllowed())
                .isFalse();
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("acl.yaml"), bytes);
    }

    private static void assertRefused(Path file, String message) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> AclFile.read(file, Set.of()))
                .withMessageStartingWith(file + message);
    }

    private static void assertRefused(String text, String message) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> AclFile.parse("acl.yaml", text, Set.of()))
                .withMessageContaining(message)
                .withMessageStartingWith("acl.yaml:");
    }
}
