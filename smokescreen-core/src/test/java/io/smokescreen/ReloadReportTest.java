package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.smokescreen.api.AclDecision;
import io.smokescreen.testing.CapturedLog;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a reload says of what it changed: to the caller, and in the log. */
class ReloadReportTest {

    private static final String HEAD = "version: v1\nservices:\n- name: web\n  action: ";
    private static final String VALID = HEAD + "enforce\n  allowed_domains: [new.test]\n";

    @RegisterExtension
    private final CapturedLog log = new CapturedLog(LiveRules.class);

    @TempDir
    private Path directory;

    private Path file = Path.of("");
    private volatile RulesSource source = this::load;

    @BeforeEach
    void writeFirstAcl() throws IOException {
        file = directory.resolve("acl.yaml");
        Files.writeString(file, HEAD + "enforce\n  allowed_domains: [old.test]\n");
    }

    @Test
    void success_isLoggedOnceWithWhatChanged() throws IOException {
        source = () -> load().withAddressRules(
                        AddressRules.builder().allowRange("10.0.0.0/8").build());
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            Files.writeString(file, VALID + "- name: api\n  action: open\n");
            source = () -> load().withAddressRules(AddressRules.builder()
                    .policy(AddressPolicy.SMOKESCREEN)
                    .unsafeAllowPrivateRanges(true)
                    .denyAddress("10.1.1.1:443")
                    .temporarilyDeferred("9.9.9.9")
                    .build());

            ReloadReport report = proxy.smokescreen().reload();

            assertThat(report.changes())
                    .containsExactly(
                            "services: 1 added ('api')",
                            "service 'web': allowed_domains 1 added (new.test), 1 removed (old.test)",
                            "address policy: STRICT -> SMOKESCREEN",
                            "unsafe_allow_private_ranges: false -> true",
                            "address rules: 2 added (deny 10.1.1.1:443, defer 9.9.9.9), 1 removed (allow 10.0.0.0/8)");
            assertThat(report).isEqualTo(new ReloadReport(1, 0, 1, 1, 1, 2, 1, false, report.changes()));
            assertThat(log.events()).singleElement().satisfies(event -> {
                assertThat(event.getLevel()).isEqualTo(Level.INFO);
                assertThat(event.getFormattedMessage()).isEqualTo("rules reloaded");
                assertThat(event.getKeyValuePairs().stream().map(pair -> pair.key + "=" + pair.value))
                        .containsExactly(
                                "services_added=1",
                                "services_removed=0",
                                "services_changed=1",
                                "globs_added=1",
                                "globs_removed=1",
                                "address_rules_added=2",
                                "address_rules_removed=1",
                                "tls_changed=false",
                                "changes=" + report.changes());
            });
        }
    }

    @Test
    void reloadOfTheSame_changesNothing() {
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            assertThat(proxy.smokescreen().reload()).isEqualTo(new ReloadReport(0, 0, 0, 0, 0, 0, 0, false, List.of()));
            assertThat(log.events())
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly("rules reloaded, nothing changed");
        }
    }

    @Test
    void policyOfTheApplication_isReplacedAsAWhole() {
        source = () -> Rules.defaults().withAclPolicy(request -> AclDecision.allow("one"));
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            source = () -> Rules.defaults().withAclPolicy(request -> AclDecision.allow("two"));

            assertThat(proxy.smokescreen().reload().changes()).containsExactly("ACL policy: replaced");
            assertThat(proxy.smokescreen().policy().check("web", "a.test", 443).reason())
                    .isEqualTo("two");
        }
    }

    @Test
    void acl_canBeAdded() {
        source = Rules::defaults;
        try (TestProxy proxy = TestProxy.reloadable(() -> source.load())) {
            assertThat(decides(proxy, "any.test")).isTrue();
            source = this::load;

            assertThat(proxy.smokescreen().reload().changes()).containsExactly("ACL: added");
            assertThat(decides(proxy, "any.test")).isFalse();
        }
    }

    private static boolean decides(TestProxy proxy, String host) {
        return proxy.smokescreen().policy().check("web", host, 443).allowed();
    }

    private Rules load() {
        return Rules.defaults().withAclPolicy(Acl.fromYaml(file));
    }
}
