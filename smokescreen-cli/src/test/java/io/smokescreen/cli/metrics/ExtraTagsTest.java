package io.smokescreen.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.smokescreen.api.Metric;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExtraTagsTest {

    @Test
    void tags_areInTheOrderOfTheirNames() {
        ExtraTags tags = ExtraTags.of(Map.of(Metric.ACL_DENY, Map.of("region", "eu", "az", "1", "Cell_2", "c")));

        assertThat(tags.names(Metric.ACL_DENY)).containsExactly("Cell_2", "az", "region");
        assertThat(tags.values(Metric.ACL_DENY)).containsExactly("c", "1", "eu");
        assertThat(tags.names(Metric.ACL_ALLOW)).isEmpty();
        assertThat(tags.values(Metric.ACL_ALLOW)).isEmpty();
    }

    @Test
    void withTags_addsToWhatThereIs_andChangesNothing() {
        ExtraTags first = ExtraTags.none().withTags(Metric.ACL_DENY, Map.of("a", "1", "b", "2"));
        ExtraTags second = first.withTags(Metric.ACL_DENY, Map.of("b", "3", "c", "4"))
                .withTags(Metric.ACL_ALLOW, Map.of("d", "5"));

        assertThat(first.values(Metric.ACL_DENY)).containsExactly("1", "2");
        assertThat(second.names(Metric.ACL_DENY)).containsExactly("a", "b", "c");
        assertThat(second.values(Metric.ACL_DENY)).containsExactly("1", "3", "4");
        assertThat(second.values(Metric.ACL_ALLOW)).containsExactly("5");
        assertThat(ExtraTags.none().names(Metric.ACL_DENY)).isEmpty();
    }

    @Test
    void value_isCleanedAndCut() {
        ExtraTags tags = ExtraTags.of(
                Map.of(Metric.ACL_DENY, Map.of("a", "x,y|#z:1\n\u00e9.-_", "b", "b".repeat(129), "c", "")));

        assertThat(tags.values(Metric.ACL_DENY))
                .containsExactly("x_y__z_1__.-_", "b".repeat(ExtraTags.MAX_VALUE_LENGTH), "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1a", "_a", "__name__", "a-b", "a.b", "a:b", "a b", "a,b", "\u00e4", "a\n"})
    void name_thatPrometheusWouldNotTake_isRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ExtraTags.of(Map.of(Metric.ACL_DENY, Map.of(name, "v"))))
                .withMessage(
                        "tag '" + name + "' of metric 'acl.deny' is not a name (expected a letter, then letters, digits"
                                + " and '_')");
    }

    @ParameterizedTest
    @ValueSource(strings = {"le", "quantile", "job", "instance"})
    void name_withAMeaningOfItsOwn_isRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ExtraTags.of(Map.of(Metric.ACL_DENY, Map.of(name, "v"))))
                .withMessageContaining("tag '" + name + "' of metric 'acl.deny' has a meaning of its own");
    }

    @Test
    void name_thatTheMetricHasAlready_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ExtraTags.of(Map.of(Metric.ACL_DENY, Map.of("role", "v"))))
                .withMessage(
                        "tag 'role' of metric 'acl.deny' is there already (expected none of [role, def_rule, project])");
    }
}
