package io.smokescreen.internal.address;

import static io.smokescreen.api.AddressVerdict.DENY_SELF_CONNECTION;
import static io.smokescreen.api.AddressVerdict.DENY_USER_CONFIGURED;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.AddressVerdict;
import io.smokescreen.api.Host;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses a next hop of the operator's own choice may have, where the rules of the configuration allow none. */
class TrustedNextHopTest {

    private static final int OWN_PORT = 4750;

    private final SelfConnections self = new SelfConnections(() -> List.of(ip("10.0.0.7"), ip("fd00::7")));
    private final VettingRules closed =
            new VettingRules(new GuardedAddressFilter(self, true, (address, port) -> DENY_USER_CONFIGURED), List.of());

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0,         DENY_NOT_GLOBAL_UNICAST",
        "0.255.255.255,   DENY_SPECIAL_PURPOSE",
        "1.0.0.0,         ALLOW_DEFAULT", //           just outside 0.0.0.0/8
        "8.8.8.8,         ALLOW_DEFAULT",
        "9.255.255.255,   ALLOW_DEFAULT", //           just outside 10.0.0.0/8
        "10.0.0.0,        ALLOW_USER_CONFIGURED",
        "10.255.255.255,  ALLOW_USER_CONFIGURED",
        "11.0.0.0,        ALLOW_DEFAULT", //           just outside 10.0.0.0/8
        "100.63.255.255,  ALLOW_DEFAULT", //           just outside 100.64.0.0/10
        "100.64.0.0,      ALLOW_USER_CONFIGURED",
        "100.100.100.200, DENY_CLOUD_METADATA",
        "100.127.255.255, ALLOW_USER_CONFIGURED",
        "127.0.0.1,       ALLOW_USER_CONFIGURED",
        "127.255.255.255, ALLOW_USER_CONFIGURED",
        "128.0.0.0,       ALLOW_DEFAULT", //           just outside 127.0.0.0/8
        "168.63.129.16,   DENY_CLOUD_METADATA",
        "169.254.0.1,     DENY_NOT_GLOBAL_UNICAST",
        "169.254.169.254, DENY_CLOUD_METADATA",
        "172.16.0.0,      ALLOW_USER_CONFIGURED",
        "172.31.255.255,  ALLOW_USER_CONFIGURED",
        "172.32.0.0,      ALLOW_DEFAULT", //           just outside 172.16.0.0/12
        "192.0.0.192,     DENY_CLOUD_METADATA",
        "192.0.2.1,       DENY_SPECIAL_PURPOSE",
        "192.167.255.255, ALLOW_DEFAULT", //           just outside 192.168.0.0/16
        "192.168.255.255, ALLOW_USER_CONFIGURED",
        "192.169.0.0,     ALLOW_DEFAULT", //           just outside 192.168.0.0/16
        "198.17.255.255,  ALLOW_DEFAULT", //           just outside 198.18.0.0/15
        "198.19.255.255,  ALLOW_USER_CONFIGURED",
        "198.20.0.0,      ALLOW_DEFAULT", //           just outside 198.18.0.0/15
        "223.255.255.255, ALLOW_DEFAULT", //           just outside 224.0.0.0/4
        "224.0.0.1,       DENY_NOT_GLOBAL_UNICAST",
        "239.255.255.255, DENY_NOT_GLOBAL_UNICAST",
        "240.0.0.0,       DENY_SPECIAL_PURPOSE",
        "255.255.255.255, DENY_NOT_GLOBAL_UNICAST",
        "::,              DENY_NOT_GLOBAL_UNICAST",
        "::1,             ALLOW_USER_CONFIGURED",
        "::2,             DENY_IPV6_EMBEDDING", //     just outside ::1/128
        "::10.0.0.1,      DENY_IPV6_EMBEDDING",
        "::ffff:10.0.0.1, ALLOW_USER_CONFIGURED",
        "::ffff:169.254.169.254, DENY_CLOUD_METADATA",
        "64:ff9b::10.0.0.1,        ALLOW_USER_CONFIGURED",
        "64:ff9b::8.8.8.8,         ALLOW_USER_CONFIGURED",
        "64:ff9b::169.254.169.254, DENY_IPV6_EMBEDDING",
        "64:ff9b::224.0.0.1,       DENY_IPV6_EMBEDDING",
        "64:ff9b::1:0:0,           DENY_SPECIAL_PURPOSE", // just outside 64:ff9b::/96
        "64:ff9b:1::10.0.0.1,      ALLOW_USER_CONFIGURED",
        "64:ff9b:1::168.63.129.16, DENY_IPV6_EMBEDDING",
        "64:ff9b:2::10.0.0.1,      DENY_SPECIAL_PURPOSE", // just outside 64:ff9b:1::/48
        "2001:db8::1,     DENY_SPECIAL_PURPOSE",
        "2002:a00:1::,    DENY_IPV6_EMBEDDING",
        "2620:fe::fe,     ALLOW_DEFAULT",
        "2620:fe::5efe:a00:1,      DENY_IPV6_EMBEDDING",
        "fbff:ffff::,     DENY_SPECIAL_PURPOSE", //    just outside fc00::/7
        "fc00::,          ALLOW_USER_CONFIGURED",
        "fd00:ec2::254,   DENY_CLOUD_METADATA",
        "fd00::5efe:a9fe:a9fe,     DENY_IPV6_EMBEDDING",
        "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ALLOW_USER_CONFIGURED",
        "fe80::1,         DENY_NOT_GLOBAL_UNICAST",
        "fec0::1,         DENY_SPECIAL_PURPOSE",
        "ff02::1,         DENY_NOT_GLOBAL_UNICAST",
    })
    void address_isJudgedWithoutTheRulesOfTheConfiguration(String ip, AddressVerdict verdict) {
        assertThat(closed.forTrustedNextHop().filter().check(ip(ip), 3128)).isEqualTo(verdict);
        assertThat(closed.filter().check(ip(ip), 3128)).as("any other").isEqualTo(DENY_USER_CONFIGURED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.7", "fd00::7", "127.0.0.1", "::1", "0.0.0.0", "64:ff9b::10.0.0.7"})
    void proxyItself_isDenied(String ip) {
        self.listensOn(OWN_PORT);

        VettingRules trusted = closed.forTrustedNextHop();

        assertThat(trusted.filter().check(ip(ip), OWN_PORT)).isEqualTo(DENY_SELF_CONNECTION);
        assertThat(trusted.filter().check(ip(ip), OWN_PORT + 1)).isNotEqualTo(DENY_SELF_CONNECTION);
    }

    @Test
    void deferredAddresses_stayDeferred() {
        VettingRules rules = new VettingRules(closed.filter(), List.of(ip("10.0.0.1")));

        assertThat(rules.forTrustedNextHop().deferred()).containsExactly(ip("10.0.0.1"));
    }

    private static InetAddress ip(String text) {
        return Host.parse(text).address().orElseThrow();
    }
}
