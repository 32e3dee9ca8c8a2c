package io.smokescreen.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.smokescreen.api.AclRequest;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.MitmSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AclReferenceFilesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mitm_config.yaml",
                "no_default.yaml",
                "nodefault.yaml",
                "rich.yaml",
                "sample_config.yaml",
                "sample_config_with_global.yaml",
                "sample_default_bypass_config.yaml"
            })
    void validFile_loads(String name) {
        assertThat(ReferenceFiles.load(name).decide(AclRequest.of("nobody", "unlisted.test", 443)))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            broken_config.yaml | 3:1: unknown key 'broken' (expected one of version, services, default, global_allow_list, global_deny_list)
            contains_invalid_glob.yaml | 8:9: services[0].allowed_domains[0]: '*bob.example.com' has a star in the wrong place; a star is the whole first label, as in '*.example.com'
            contains_invalid_glob_default.yaml | 13:9: default.allowed_domains[0]: '*bob.example.com' has a star in the wrong place
            contains_middle_glob.yaml | 8:9: services[0].allowed_domains[0]: 'bob.ex*ample.com' has a star in the wrong place
            unknown_action.yaml | 13:13: services[1].action: 'purposely_unknown_action' is not an action (expected open, report, enforce)
            """)
    void invalidFile_isRefusedWithItsPlace(String name, String message) {
        Path file = ReferenceFiles.path(name);
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> AclFile.read(file, Set.of()))
                .withMessageStartingWith(file + ":" + message);
    }

    @Test
    void defaultRuleWithDisabledAction_isRefused() {
        Path file = ReferenceFiles.path("sample_default_bypass_config.yaml");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> AclFile.read(file, Set.of("open")))
                .withMessage(
                        file + ":10:11: default.action: the action 'open' is disabled (expected report or enforce)");
    }

    @Test
    void mitmDomain_isFoundWithItsSettings() {
        AclIndex acl = ReferenceFiles.load("mitm_config.yaml");
        assertThat(acl.decide(AclRequest.of("enforce-dummy-mitm-srv", "example-mitm.com", 443))
                        .mitm())
                .contains(new MitmSettings(Map.of("Accept-Language", "el"), true, List.of("User-Agent")));
        assertThat(acl.decide(AclRequest.of("enforce-dummy-mitm-srv", "examplea.com", 443))
                        .mitm())
                .isEmpty();
    }

    @Test
    void fileWithoutDefaultRule_warns() {
        assertThat(ReferenceFiles.load("nodefault.yaml").warnings())
                .singleElement()
                .asString()
                .contains("nodefault.yaml:2:1: no default rule");
        assertThat(ReferenceFiles.load("rich.yaml").warnings()).isEmpty();
    }
}
