package io.smokescreen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.Metric;
import io.smokescreen.testing.CapturedLog;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules that are not fit to replace others: all of the old stays, and everybody is told. */
@NullUnmarked // a source that returns null is one of them
class ReloadFailureTest {

    private static final String HEAD = "version: v1\nservices:\n- name: web\n  action: ";
    private static final String VALID = HEAD + "enforce\n  allowed_domains: [new.test]\n";

    @RegisterExtension
    private final CapturedLog log = new CapturedLog(LiveRules.class);

    @TempDir
    private Path directory;

    private Path file;
    private volatile RulesSource source = this::load;

    @BeforeEach
    void writeFirstAcl() throws IOException {
        file = directory.resolve("acl.yaml");
        Files.writeString(file, HEAD + "enforce\n  allowed_domains: [old.test]\n");
    }

    static Stream<Arguments> badFiles() {
        return Stream.of(
                Arguments.of("empty", "", ":1:1"),
                Arguments.of("not YAML", "version: [", ":1:"),
                Arguments.of("no version", "services: []\n", ":1:1"),
                Arguments.of("no services", "version: v1\n", ":1:1"),
                Arguments.of("unknown action", HEAD + "allow\n", ":4:11"),
                Arguments.of("star alone", HEAD + "enforce\n  allowed_domains: ['*']\n", ":5:21"),
                Arguments.of("inner star", HEAD + "enforce\n  allowed_domains: ['a.*.com']\n", ":5:21"),
                Arguments.of("star without a dot", HEAD + "enforce\n  allowed_domains: ['*com']\n", ":5:21"),
                Arguments.of("upper case", HEAD + "enforce\n  allowed_domains: [New.test]\n", ":5:21"),
                Arguments.of("trailing dot", HEAD + "enforce\n  allowed_domains: [new.test.]\n", ":5:21"),
                Arguments.of("URL", HEAD + "enforce\n  allowed_domains: ['http://new.test/']\n", ":5:21"),
                Arguments.of("blank inside", HEAD + "enforce\n  allowed_domains: ['new .test']\n", ":5:21"),
                Arguments.of("list as a string", HEAD + "enforce\n  allowed_domains: new.test\n", ":5:20"),
                Arguments.of("null", HEAD + "enforce\n  allowed_domains: [null]\n", ":5:21"),
                Arguments.of("duplicate service", VALID + "- name: web\n  action: open\n", ":6:3"),
                Arguments.of("empty service name", VALID + "- name: ''\n  action: open\n", ":6:9"),
                Arguments.of("duplicate key", VALID + "version: v1\n", ":6:1"),
                Arguments.of("unknown key", HEAD + "open\n  allowed_domain: [new.test]\n", ":5:3"),
                Arguments.of("tab", HEAD + "open\n\tproject: x\n", ":5:1"),
                Arguments.of("MITM domain not allowed", VALID + "  mitm_domains: [{domain: b.test}]\n", ":6:27"),
                Arguments.of("second document", VALID + "---\n" + VALID, ":6:1"),
                Arguments.of("deep", "[".repeat(10_000), ":1:51"),
                Arguments.of("half written", VALID.substring(0, VALID.length() - 8), ":"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badFiles")
    void badFile_keepsTheOldRules_andTellsFileAndLine(String name, String text, String place) throws IOException {
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            Files.writeString(file, text);

            assertKept(proxy, file + place);

            Files.writeString(file, VALID);
            proxy.smokescreen().reload();
            assertThat(decides(proxy, "new.test")).isTrue();
        }
    }

    @Test
    void fileThatIsGone_keepsTheOldRules() throws IOException {
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            Files.delete(file);
            assertKept(proxy, file + ": no such file");

            Files.createDirectory(file);
            assertKept(proxy, file + ": cannot be read");
        }
    }

    @Test
    void fileThatIsNotText_keepsTheOldRules() throws IOException {
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            Files.write(file, ("version: v1\n# b\u00fccher\n" + VALID).getBytes(ISO_8859_1));

            assertKept(proxy, file + ":2:4: a byte that is not UTF-8");
        }
    }

    @Test
    void goodAclWithBadAddressRules_isNotPutInForce() throws IOException {
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            Files.writeString(file, VALID);
            source = () -> load().withAddressRules(
                            AddressRules.builder().allowRange("10.0.0.0/33").build());

            assertKept(proxy, "'10.0.0.0/33'");
        }
    }

    /** The ACL of the same load must not come in force either. */
    @Test
    void goodAclWithACertificateOfAnotherKey_isNotPutInForce() throws Exception {
        TestCertificates authority = TestCertificates.create();
        TlsOptions good = authority.proxyTls();
        Identity one = authority.issue("CN=one");
        Identity two = authority.issue("CN=two");
        source = () -> load().withTls(good);
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            Files.writeString(file, VALID);
            source = () -> load().withTls(TlsOptions.of(one.key(), List.of(two.certificate())));

            assertKept(proxy, "the rules cannot be loaded: the key does not belong to the certificate");
        }
    }

    /** What only shows when TLS is set up as a whole. */
    @Test
    void goodAclWithARevocationListOfAnotherAuthority_isNotPutInForce() throws Exception {
        TestCertificates authority = TestCertificates.create();
        TlsOptions good = authority.proxyTls();
        source = () -> load().withTls(good);
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            Files.writeString(file, VALID);
            TlsOptions bad = good.withRevocationLists(
                    List.of(TestCertificates.create("CN=Other CA").revoking().build()));
            source = () -> load().withTls(bad);

            assertKept(proxy, "Other CA");
        }
    }

    @Test
    void sourceThatLostTheAcl_doesNotOpenTheProxy() {
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            source = Rules::defaults;

            assertKept(proxy, "there is no ACL any more");
        }
    }

    @Test
    void sourceThatLostOrFoundTls_isRefused() throws Exception {
        TlsOptions tls = TestCertificates.create().proxyTls();
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            source = () -> load().withTls(tls);
            assertKept(proxy, "TLS towards clients was switched on");
        }
        source = () -> load().withTls(tls);
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            source = this::load;
            assertKept(proxy, "TLS towards clients was switched off");
        }
    }

    static Stream<Arguments> brokenSources() {
        RulesSource nothing = () -> null;
        RulesSource io = () -> {
            throw new IOException("the rules cannot be loaded: java.io.IOException: disk on fire");
        };
        RulesSource unchecked = () -> {
            throw new IllegalStateException("two\nlines");
        };
        RulesSource refused = () -> {
            throw new IllegalArgumentException("certificates is empty");
        };
        RulesSource error = () -> {
            throw new StackOverflowError();
        };
        return Stream.of(
                Arguments.of(nothing, "RulesSource.load returned null"),
                Arguments.of(io, "the rules cannot be loaded: java.io.IOException: disk on fire"),
                Arguments.of(unchecked, "two"),
                Arguments.of(refused, "the rules cannot be loaded: certificates is empty"),
                Arguments.of(error, "StackOverflowError"));
    }

    @ParameterizedTest
    @MethodSource("brokenSources")
    void brokenSource_keepsTheOldRules(RulesSource broken, String message) {
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            source = broken;

            assertKept(proxy, message);
        }
    }

    @Test
    void interruptedSource_keepsTheOldRulesAndTheInterrupt() {
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            source = () -> {
                throw new InterruptedException();
            };

            assertKept(proxy, "interrupted");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    /** Asserts that a reload fails, that it is told in one line, and that nothing of it is in force. */
    private void assertKept(TestProxy proxy, String message) {
        int before = log.events().size();
        double failures = proxy.total(Metric.ACL_RELOAD_ERROR);
        double successes = proxy.total(Metric.ACL_RELOAD);

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> proxy.smokescreen().reload())
                .withMessageContaining(message);

        assertThat(decides(proxy, "old.test")).isTrue();
        assertThat(decides(proxy, "new.test")).isFalse();
        assertThat(proxy.total(Metric.ACL_RELOAD_ERROR)).isEqualTo(failures + 1);
        assertThat(proxy.total(Metric.ACL_RELOAD)).isEqualTo(successes);
        List<ILoggingEvent> events = log.events().subList(before, log.events().size());
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getFormattedMessage())
                    .startsWith("reload failed, the rules from before stay in force: ")
                    .contains(message)
                    .doesNotContain("\n");
        });
    }

    private static boolean decides(TestProxy proxy, String host) {
        return proxy.smokescreen().policy().check("web", host, 443).allowed();
    }

    private Rules load() {
        return Rules.defaults().withAclPolicy(Acl.fromYaml(file));
    }
}
