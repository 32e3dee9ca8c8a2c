package io.smokescreen.internal.address;

import static io.smokescreen.api.AddressVerdict.ALLOW_DEFAULT;
import static io.smokescreen.api.AddressVerdict.ALLOW_USER_CONFIGURED;
import static io.smokescreen.api.AddressVerdict.DENY_CLOUD_METADATA;
import static io.smokescreen.api.AddressVerdict.DENY_IPV6_EMBEDDING;
import static io.smokescreen.api.AddressVerdict.DENY_NOT_GLOBAL_UNICAST;
import static io.smokescreen.api.AddressVerdict.DENY_PRIVATE_RANGE;
import static io.smokescreen.api.AddressVerdict.DENY_USER_CONFIGURED;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.AddressVerdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictFilterTest {

    @ParameterizedTest
    @CsvSource({
        "0.255.255.255,   DENY_SPECIAL_PURPOSE",
        "1.0.0.0,         ALLOW_DEFAULT", //           just outside 0.0.0.0/8
        "9.255.255.255,   ALLOW_DEFAULT", //           just outside 10.0.0.0/8
        "10.0.0.0,        DENY_PRIVATE_RANGE",
        "10.255.255.255,  DENY_PRIVATE_RANGE",
        "11.0.0.0,        ALLOW_DEFAULT", //           just outside 10.0.0.0/8
        "100.63.255.255,  ALLOW_DEFAULT", //           just outside 100.64.0.0/10
        "100.64.0.0,      DENY_CGNAT_RANGE",
        "100.127.255.255, DENY_CGNAT_RANGE",
        "100.128.0.0,     ALLOW_DEFAULT", //           just outside 100.64.0.0/10
        "126.255.255.255, ALLOW_DEFAULT", //           just outside 127.0.0.0/8
        "127.0.0.0,       DENY_NOT_GLOBAL_UNICAST",
        "128.0.0.0,       ALLOW_DEFAULT", //           just outside 127.0.0.0/8
        "168.63.129.15,   ALLOW_DEFAULT", //           just outside Azure's WireServer
        "168.63.129.16,   DENY_CLOUD_METADATA",
        "169.253.255.255, ALLOW_DEFAULT", //           just outside 169.254.0.0/16
        "169.254.0.0,     DENY_NOT_GLOBAL_UNICAST",
        "169.254.169.254, DENY_CLOUD_METADATA",
        "169.255.0.0,     ALLOW_DEFAULT", //           just outside 169.254.0.0/16
        "172.15.255.255,  ALLOW_DEFAULT", //           just outside 172.16.0.0/12
        "172.31.255.255,  DENY_PRIVATE_RANGE",
        "172.32.0.0,      ALLOW_DEFAULT", //           just outside 172.16.0.0/12
        "191.255.255.255, ALLOW_DEFAULT", //           just outside 192.0.0.0/24
        "192.0.0.192,     DENY_CLOUD_METADATA",
        "192.0.1.255,     ALLOW_DEFAULT", //           just outside 192.0.2.0/24
        "192.0.2.255,     DENY_SPECIAL_PURPOSE",
        "192.0.3.0,       ALLOW_DEFAULT", //           just outside 192.0.2.0/24
        "192.88.98.255,   ALLOW_DEFAULT", //           just outside 192.88.99.0/24
        "192.88.99.1,     DENY_SPECIAL_PURPOSE",
        "192.169.0.0,     ALLOW_DEFAULT", //           just outside 192.168.0.0/16
        "198.17.255.255,  ALLOW_DEFAULT", //           just outside 198.18.0.0/15
        "198.19.255.255,  DENY_SPECIAL_PURPOSE",
        "198.20.0.0,      ALLOW_DEFAULT", //           just outside 198.18.0.0/15
        "203.0.112.255,   ALLOW_DEFAULT", //           just outside 203.0.113.0/24
        "203.0.114.0,     ALLOW_DEFAULT", //           just outside 203.0.113.0/24
        "223.255.255.255, ALLOW_DEFAULT", //           just outside 224.0.0.0/4
        "239.255.255.255, DENY_NOT_GLOBAL_UNICAST",
        "240.0.0.0,       DENY_SPECIAL_PURPOSE",
        "255.255.255.254, DENY_SPECIAL_PURPOSE",
        "255.255.255.255, DENY_NOT_GLOBAL_UNICAST",
        "::1,             DENY_NOT_GLOBAL_UNICAST",
        "::2,             DENY_IPV6_EMBEDDING",
        "::1:0:0,         DENY_SPECIAL_PURPOSE", //    just outside ::/96
        "64:ff9b::1:0:0,  DENY_SPECIAL_PURPOSE", //    just outside 64:ff9b::/96
        "64:ff9b:1:ffff:ffff:ffff:ffff:ffff, DENY_IPV6_EMBEDDING",
        "64:ff9b:2::,     DENY_SPECIAL_PURPOSE", //    just outside 64:ff9b:1::/48
        "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, DENY_SPECIAL_PURPOSE", // just outside 2000::/3
        "2000::,          ALLOW_DEFAULT",
        "2001:0:ffff:ffff:ffff:ffff:ffff:ffff, DENY_IPV6_EMBEDDING",
        "2001:1::,        DENY_SPECIAL_PURPOSE",
        "2001:200::,      ALLOW_DEFAULT", //           just outside 2001::/23
        "2001:db9::,      ALLOW_DEFAULT", //           just outside 2001:db8::/32
        "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff, DENY_IPV6_EMBEDDING",
        "2003::,          ALLOW_DEFAULT", //           just outside 2002::/16
        "3fff:0fff:ffff:ffff:ffff:ffff:ffff:ffff, DENY_SPECIAL_PURPOSE",
        "3fff:1000::,     ALLOW_DEFAULT", //           just outside 3fff::/20
        "4000::,          DENY_SPECIAL_PURPOSE", //    just outside 2000::/3
        "fbff:ffff::,     DENY_SPECIAL_PURPOSE", //    just outside fc00::/7
        "fd00:ec2::254,   DENY_CLOUD_METADATA",
        "fdff:ffff::,     DENY_PRIVATE_RANGE",
        "fe00::,          DENY_SPECIAL_PURPOSE", //    just outside fc00::/7
        "febf:ffff::,     DENY_NOT_GLOBAL_UNICAST",
        "fec0::,          DENY_SPECIAL_PURPOSE", //    just outside fe80::/10
        "ff00::,          DENY_NOT_GLOBAL_UNICAST",
        "2600::5efe:808:808,      DENY_IPV6_EMBEDDING",
        "2600::200:5efe:808:808,  DENY_IPV6_EMBEDDING",
        "2600::300:5efe:808:808,  DENY_IPV6_EMBEDDING",
        "2600::400:5efe:808:808,  ALLOW_DEFAULT", //   just outside ISATAP
        "2600::5eff:808:808,      ALLOW_DEFAULT", //   just outside ISATAP
    })
    void builtInTable(String ip, AddressVerdict expected) {
        assertThat(check(RuleSetBuilder.strict(), ip, 443)).isEqualTo(expected);
    }

    @Test
    void longestPrefix_wins() {
        RuleSetBuilder rules = RuleSetBuilder.strict()
                .range(true, "10.0.0.0/8")
                .range(false, "10.1.0.0/16")
                .range(true, "10.1.2.0/24");

        assertThat(check(rules, "10.0.255.255", 443)).isEqualTo(ALLOW_USER_CONFIGURED); // just outside the /16
        assertThat(check(rules, "10.1.0.0", 443)).isEqualTo(DENY_USER_CONFIGURED);
        assertThat(check(rules, "10.1.2.0", 443)).isEqualTo(ALLOW_USER_CONFIGURED);
        assertThat(check(rules, "10.1.3.0", 443)).isEqualTo(DENY_USER_CONFIGURED); // just outside the /24
        assertThat(check(rules, "10.2.0.0", 443)).isEqualTo(ALLOW_USER_CONFIGURED); // just outside the /16
    }

    @Test
    void ruleWithPort_beatsOneWithout_andDenyWinsATie() {
        RuleSetBuilder rules = RuleSetBuilder.strict()
                .address(false, "8.8.8.8")
                .address(true, "8.8.8.8:53")
                .address(true, "[::ffff:8.8.8.8]:54")
                .address(true, "8.8.8.8:55")
                .address(false, "8.8.8.8:55");

        assertThat(check(rules, "8.8.8.8", 52)).isEqualTo(DENY_USER_CONFIGURED);
        assertThat(check(rules, "8.8.8.8", 53)).isEqualTo(ALLOW_USER_CONFIGURED);
        assertThat(check(rules, "8.8.8.8", 54)).isEqualTo(ALLOW_USER_CONFIGURED);
        assertThat(check(rules, "8.8.8.8", 55)).isEqualTo(DENY_USER_CONFIGURED);
    }

    @Test
    void ruleWithPort_leavesOtherPortsToTheRangeAround() {
        RuleSetBuilder rules = RuleSetBuilder.strict().range(true, "10.0.0.0/8").address(false, "10.0.0.1:22");

        assertThat(check(rules, "10.0.0.1", 22)).isEqualTo(DENY_USER_CONFIGURED);
        assertThat(check(rules, "10.0.0.1", 23)).isEqualTo(ALLOW_USER_CONFIGURED);
        assertThat(check(rules, "10.0.0.2", 22)).isEqualTo(ALLOW_USER_CONFIGURED);
    }

    @Test
    void sameRangeAllowedAndDenied_isDenied() {
        RuleSetBuilder rules = RuleSetBuilder.strict().range(true, "8.8.8.0/24").range(false, "8.8.8.1/24");

        assertThat(check(rules, "8.8.8.8", 443)).isEqualTo(DENY_USER_CONFIGURED);
    }

    @Test
    void metadata_isAllowedOnlyByItsOwnAddress() {
        RuleSetBuilder range = RuleSetBuilder.strict().range(true, "169.254.169.254/31");
        RuleSetBuilder exact = RuleSetBuilder.strict().address(true, "169.254.169.254:80");

        assertThat(check(range, "169.254.169.254", 80)).isEqualTo(DENY_CLOUD_METADATA);
        assertThat(check(range, "169.254.169.255", 80)).isEqualTo(ALLOW_USER_CONFIGURED);
        assertThat(check(exact, "169.254.169.254", 80)).isEqualTo(ALLOW_USER_CONFIGURED);
        assertThat(check(exact, "169.254.169.254", 81)).isEqualTo(DENY_CLOUD_METADATA);
    }

    @ParameterizedTest
    @CsvSource({
        "64:ff9b::/96,    64:ff9b::808:808",
        "64:ff9b:1::/48,  64:ff9b:1::808:808", //            /96 layout
        "64:ff9b:1::/48,  64:ff9b:1:0:8:808:800:0", //       /64 layout
        "64:ff9b:1::/48,  64:ff9b:1:8:8:808::", //           /56 layout
        "64:ff9b:1::/48,  64:ff9b:1:808:8:800::", //         /48 layout
        "2002::/16,       2002:808:808::1",
        "2001::/32,       2001:0:808:808:8000:0:f7f7:f7f7",
        "::/96,           ::808:808",
        "::ffff:0:0:0/96, ::ffff:0:808:808",
        "2600::/16,       2600::5efe:808:808",
    })
    void allowedEmbedding_ofAPublicAddress_isAllowed(String range, String ip) {
        assertThat(check(RuleSetBuilder.strict().range(true, range), ip, 443)).isEqualTo(ALLOW_USER_CONFIGURED);
    }

    @ParameterizedTest
    @CsvSource({
        "64:ff9b::/96,    64:ff9b::a00:1",
        "64:ff9b:1::/48,  64:ff9b:1::a00:1", //              /96 layout
        "64:ff9b:1::/48,  64:ff9b:1:0:a:0:100:0", //         /64 layout
        "64:ff9b:1::/48,  64:ff9b:1:a:0:1::", //             /56 layout
        "64:ff9b:1::/48,  64:ff9b:1:a00:0:100::", //         /48 layout
        "64:ff9b:1::/48,  64:ff9b:1::", //                   0.0.0.0 in every layout
        "2002::/16,       2002:a9fe:a9fe::1",
        "2001::/32,       2001:0:a00:1:8000:0:f7f7:f7f7", // server
        "2001::/32,       2001:0:808:808:8000:0:f5ff:fffe", // client
        "2001::/32,       2001:0:0:0:8000:0:f7f7:f7f7", //   server 0.0.0.0
        "::/96,           ::a00:1",
        "::ffff:0:0:0/96, ::ffff:0:a00:1",
        "2600::/16,       2600::200:5efe:a00:1",
        "2002::/16,       2002:808:808::5efe:a00:1", //      two forms at once
    })
    void allowedEmbedding_ofADeniedAddress_isDenied(String range, String ip) {
        assertThat(check(RuleSetBuilder.strict().range(true, range), ip, 443)).isEqualTo(DENY_IPV6_EMBEDDING);
    }

    @Test
    void privateRanges_liftNeitherMetadataNorEmbeddingsNorOthers() throws Exception {
        var lifted = RuleSetBuilder.strict().build(true);

        assertThat(lifted.check(RuleSetBuilder.parseAddress("192.168.1.1"), 80)).isEqualTo(ALLOW_DEFAULT);
        assertThat(lifted.check(RuleSetBuilder.parseAddress("fd00:ec2::253"), 80))
                .isEqualTo(ALLOW_DEFAULT);
        assertThat(lifted.check(RuleSetBuilder.parseAddress("fd00:ec2::254"), 80))
                .isEqualTo(DENY_CLOUD_METADATA);
        assertThat(lifted.check(RuleSetBuilder.parseAddress("fd00::5efe:a00:1"), 80))
                .isEqualTo(DENY_IPV6_EMBEDDING);
        assertThat(lifted.check(RuleSetBuilder.parseAddress("127.0.0.1"), 80)).isEqualTo(DENY_NOT_GLOBAL_UNICAST);
    }

    @Test
    void rule_matchesItsOwnFamilyOnly() {
        assertThat(check(RuleSetBuilder.strict().range(true, "::/0"), "10.0.0.1", 80))
                .isEqualTo(DENY_PRIVATE_RANGE);
        assertThat(check(RuleSetBuilder.strict().range(true, "0.0.0.0/0"), "fd00::1", 80))
                .isEqualTo(DENY_PRIVATE_RANGE);
        assertThat(check(RuleSetBuilder.strict().range(true, "::ffff:0:0/96"), "10.0.0.1", 80))
                .isEqualTo(ALLOW_USER_CONFIGURED);
        assertThat(check(RuleSetBuilder.strict().range(true, "::ffff:0:0/95"), "10.0.0.1", 80))
                .isEqualTo(DENY_PRIVATE_RANGE);
    }

    private static AddressVerdict check(RuleSetBuilder rules, String ip, int port) {
        try {
            return rules.build(false).check(RuleSetBuilder.parseAddress(ip), port);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
