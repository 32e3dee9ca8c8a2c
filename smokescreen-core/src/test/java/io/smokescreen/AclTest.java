package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.smokescreen.api.AclRequest;
import io.smokescreen.api.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AclTest {

    private static final String OPEN = "version: v1\nservices: [{name: web, action: open}]\n";

    @TempDir
    private Path directory;

    @Test
    void fileAndText_decideAlike() throws IOException {
        Path file = Files.writeString(directory.resolve("acl.yaml"), OPEN);
        AclRequest request = AclRequest.of("web", "a.test", 443);
        assertThat(Acl.fromYaml(file).decide(request))
                .isEqualTo(Acl.fromYaml("inline", OPEN).decide(request));
        assertThat(Acl.fromYaml(file).decide(request).reason()).isEqualTo("rule has open enforcement policy");
    }

    @Test
    void disabledAction_isRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("acl.yaml"), OPEN);
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> Acl.fromYaml(file, Set.of("open")))
                .withMessageStartingWith(file + ":2:32: services[0].action: the action 'open' is disabled");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> Acl.fromYaml("inline", OPEN, Set.of("open")))
                .withMessageStartingWith("inline:2:32: ");
    }

    @Test
    void warnings_tellTheirPlace() {
        assertThat(Acl.fromYaml("inline", OPEN).warnings())
                .containsExactly("inline:1:1: no default rule: a role without a rule of its own is denied");
    }

    @Test
    void summary_countsWhatTheFileHolds() {
        Acl acl = Acl.fromYaml("inline", """
                version: v1
                services:
                  - {name: a, action: open}
                  - {name: b, action: enforce, allowed_domains: [a.test, "*.b.test"]}
                  - {name: c, action: enforce, allowed_domains: [a.test], mitm_domains: [{domain: a.test}]}
                  - {name: d, action: report}
                  - {name: e, action: report}
                  - {name: f, action: report}
                default: {action: report, allowed_domains: [c.test], mitm_domains: [{domain: c.test}]}
                global_allow_list: [d.test]
                global_deny_list: [e.test, f.test]
                """);

        assertThat(acl.summary()).isEqualTo(new Acl.Summary(1, 3, 2, 4, 2, Optional.of("report"), 1, 2));
        assertThat(Acl.fromYaml("inline", OPEN).summary())
                .isEqualTo(new Acl.Summary(1, 0, 0, 0, 0, Optional.empty(), 0, 0));
    }
}
