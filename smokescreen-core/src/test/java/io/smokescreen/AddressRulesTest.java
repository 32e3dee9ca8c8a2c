package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smokescreen.api.AddressVerdict;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.Host;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {

    @Test
    void defaults_areStrictWithoutRules() throws Exception {
        AddressRules rules = AddressRules.defaults();

        assertThat(rules.policy()).isEqualTo(AddressPolicy.STRICT);
        assertThat(rules.temporarilyDeferred()).isEmpty();
        assertThat(rules.toFilter().check(ip("9.9.9.9"), 443)).isEqualTo(AddressVerdict.ALLOW_DEFAULT);
        assertThat(rules.toFilter().check(ip("10.0.0.1"), 443)).isEqualTo(AddressVerdict.DENY_PRIVATE_RANGE);
    }

    @Test
    void policy_countsWhereverItWasSet() throws Exception {
        AddressRules.Builder builder =
                AddressRules.builder().allowAddress("127.0.0.1:0").policy(AddressPolicy.SMOKESCREEN);

        assertThat(builder.build().toFilter().check(ip("127.0.0.1"), 9999))
                .isEqualTo(AddressVerdict.ALLOW_USER_CONFIGURED);
        builder.policy(AddressPolicy.STRICT);
        assertThatThrownBy(builder::build).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void deferred_keepTheirOrder() {
        AddressRules rules = AddressRules.builder()
                .temporarilyDeferred("9.9.9.9")
                .temporarilyDeferred("2600::1")
                .build();

        assertThat(rules.temporarilyDeferred()).containsExactly(ip("9.9.9.9"), ip("2600::1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0.0",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.0/+8",
                "10.0.0.0/08",
                "10.0.0.0/8 ",
                " 10.0.0.0/8",
                "10.0.0.0/ 8",
                "010.0.0.0/8",
                "10.0.0/8",
                "10.0.0.0/255.0.0.0",
                "10.0.0.0/8/8",
                "::/129",
                "1-2.0.0.0/8",
                "*.0.0.0/8",
                "fe80::1%eth0/64",
                "0x0a.0.0.0/8",
                "167772160/8",
                "localhost/8",
                "\u0663.0.0.0/8",
                "[::1]/128",
                "::ffff:010.0.0.0/104",
                "10.0.0.0/99999999999999999999",
            })
    void badRange_isNamed(String text) {
        assertThatThrownBy(() -> AddressRules.builder().denyRange(text).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("expected");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0127.0.0.1",
                "127.1",
                "2130706433",
                "::1]:80",
                "[::1]",
                "[127.0.0.1]:80",
                "127.0.0.1:",
                "127.0.0.1:0",
                "127.0.0.1:-1",
                "127.0.0.1:+80",
                "127.0.0.1:080",
                "127.0.0.1:65536",
                "127.0.0.1 ",
                "127.0.0.1:80 ",
                "127.0.0.1/32",
                "a.test",
                "a.test:80",
                "fe80::1%1",
                ":80",
                "*",
            })
    void badAddress_isNamed(String text) {
        assertThatThrownBy(() -> AddressRules.builder().allowAddress(text).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("expected");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1:", "127.0.0.1:9999999999999999999999", "127.0.0.1:8 0", "127.0.0.1:++1", "127.1:80"})
    void badAddress_isRefusedByTheLenientPolicyToo(String text) {
        AddressRules.Builder builder =
                AddressRules.builder().policy(AddressPolicy.SMOKESCREEN).allowAddress(text);

        assertThatThrownBy(builder::build).isInstanceOf(ConfigurationException.class);
    }

    private static InetAddress ip(String text) {
        return Host.parse(text).address().orElseThrow();
    }
}
