package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.smokescreen.api.AclRequest;
import io.smokescreen.api.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
