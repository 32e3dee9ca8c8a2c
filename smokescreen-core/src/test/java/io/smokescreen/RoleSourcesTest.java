package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.RoleExtractor;
import org.junit.jupiter.api.Test;

/** Two that say where roles come from: whoever set the one must not learn later that the other counts. */
class RoleSourcesTest {

    @Test
    void builderAndRules_thatBothTellRoles_areRefused() {
        SmokescreenBuilder builder = Smokescreen.builder()
                .roleExtractor(RoleExtractor.none())
                .rules(() -> Rules.defaults().withRoleExtractor(RoleExtractors.commonName()));

        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith("(expected one of them)");
    }
}
