package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.AddressVerdict;
import io.smokescreen.api.RoleExtractor;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestProxy;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link Policy#check} says is what a running proxy does. */
class PolicyCheckTest {

    private static final RoleExtractor ROLE_IN_A_HEADER =
            request -> request.headers().first("X-Test-Role");

    @ParameterizedTest
    @CsvSource({
        // role, host, port, code
        "known, a.allowed.test, 443, allowed",
        "known, A.Allowed.Test., 443, allowed",
        "known, a.b.allowed.test, 1, allowed",
        "known, allowed.test, 443, acl-denied", // just outside the glob
        "known, evil.test, 443, acl-denied",
        "unknown, a.allowed.test, 443, allowed",
        "'', a.allowed.test, 443, role-missing",
        "'', evil.test, 443, role-missing",
        "known, 127.0.0.2, 443, acl-denied",
        "known, localhost, 443, acl-denied",
        "known, 127.1, 443, malformed-request",
        "known, 0x7f.0.0.1, 443, malformed-request",
        "known, a..allowed.test, 443, malformed-request",
        "known, a.allowed.test%00, 443, malformed-request",
        "known, '', 443, malformed-request",
        "known, a.allowed.test, 0, malformed-request",
        "known, a.allowed.test, 65536, malformed-request",
        "known, a.allowed.test, -1, malformed-request",
    })
    void withAcl(String role, String host, int port, String code) {
        assertAgreement(builder -> builder.allowMissingRole(false), role, host, port, code);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 127.0.0.2, 443, allowed",
        "'', 127.0.0.1, 443, address-denied",
        "'', 10.0.0.1, 443, address-denied",
        "'', 169.254.169.254, 80, address-denied",
        "'', ::1, 443, address-denied",
        "'', ::ffff:127.0.0.2, 443, allowed",
        "'', 64:ff9b::7f00:2, 443, address-denied",
        "'', localhost, 443, address-denied",
        "'', a.localhost, 443, address-denied",
        "any, 10.0.0.1, 443, address-denied",
        "'', fe80::1%eth0, 443, malformed-request",
    })
    void withoutAcl(String role, String host, int port, String code) {
        assertAgreement(builder -> builder.aclPolicy = null, role, host, port, code);
    }

    @Test
    void check_beforeStart_tellsRuleAndVerdict() {
        Smokescreen proxy = Smokescreen.builder()
                .listen("127.0.0.1", 0)
                .addressRules(AddressRules.builder().allowRange("127.0.0.2/32").build())
                .build();

        PolicyVerdict allowed = proxy.policy().check("", "127.0.0.2", 443);
        PolicyVerdict denied = proxy.policy().check("", "10.0.0.1", 443);

        assertThat(allowed.allowed()).isTrue();
        assertThat(allowed.address()).contains(AddressVerdict.ALLOW_USER_CONFIGURED);
        assertThat(denied.reason()).contains("Deny: Private Range").contains("10.0.0.1");
        assertThat(denied.acl()).isPresent();
    }

    @Test
    void check_ofTheProxyItself_isASelfConnectionOnceItListens() {
        AddressRules open = AddressRules.builder().allowRange("127.0.0.0/8").build();
        try (Smokescreen proxy =
                Smokescreen.builder().listen("127.0.0.1", 0).addressRules(open).start()) {
            PolicyVerdict verdict =
                    proxy.policy().check("", "127.0.0.1", proxy.address().getPort());

            assertThat(verdict.address()).contains(AddressVerdict.DENY_SELF_CONNECTION);
        }
    }

    private static void assertAgreement(
            Consumer<SmokescreenBuilder> setting, String role, String host, int port, String code) {
        try (TestProxy proxy = TestProxy.start(builder -> {
                    builder.roleExtractor(ROLE_IN_A_HEADER);
                    setting.accept(builder);
                });
                RawClient client = proxy.connect()) {
            PolicyVerdict verdict = proxy.smokescreen().policy().check(role, host, port);
            HttpReply reply = HttpReply.read(client.send(request(role, host, port)));

            assertThat(verdict.code()).isEqualTo(code);
            assertThat(verdict.allowed()).isEqualTo(code.equals("allowed"));
            if (code.equals("malformed-request")) {
                assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo(code);
            } else if (code.equals("allowed")) {
                // nothing resolves and nobody listens: it got as far as that
                assertThat(reply.header("X-Smokescreen-Error-Code")).isIn("dns-failed", "connect-failed");
            } else {
                assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo(code);
                assertThat(reply.body()).contains(verdict.reason().replaceAll(".*': (.*)\\.", "$1"));
            }
        }
    }

    private static String request(String role, String host, int port) {
        String authority = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        String identity = role.isEmpty() ? "" : "X-Test-Role: " + role + "\r\n";
        return "CONNECT " + authority + " HTTP/1.1\r\nHost: a.test\r\n" + identity + "\r\n";
    }
}
