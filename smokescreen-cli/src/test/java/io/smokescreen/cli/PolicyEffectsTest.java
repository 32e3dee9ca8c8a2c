package io.smokescreen.cli;

import static io.smokescreen.cli.Asking.answer;
import static io.smokescreen.cli.Asking.connect;
import static io.smokescreen.cli.Asking.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.cli.config.ConnectSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.testing.TestDns;
import io.smokescreen.testing.TestOrigin;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the settings of roles, ACL and addresses do to a running process. */
@Timeout(120)
class PolicyEffectsTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({
        "--egress-acl-file",
        "--allow-missing-role",
        "--additional-error-message-on-deny",
        "--disable-acl-policy-action"
    })
    void the_acl_decides(By by) throws Exception {
        Path acl = acl("open");
        By.Start start = by.with(PolicySettings.ACL_FILE, acl.toString());
        try (ChildProcess proxy = start.proxy()) {
            assertThat(answer(proxy, connect("192.0.2.1:443"))).contains("Code: role-missing");
        }
        start.with(PolicySettings.ALLOW_MISSING_ROLE, "true")
                .with(PolicySettings.DENY_MESSAGE_EXTRA, "ask 'egress', please");
        try (ChildProcess proxy = start.proxy()) {
            assertThat(answer(proxy, connect("192.0.2.1:443"))).contains("Code: address-denied");
            assertThat(answer(proxy, connect("denied.test:443")))
                    .contains("Code: acl-denied")
                    .endsWith("\n\nask 'egress', please");
        }
        ChildProcess.Ended refused =
                start.with(PolicySettings.DISABLED_ACTIONS, "report", "open").ended();
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains(acl + ":5:13: ", "the action 'open' is disabled");
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows("--role-source")
    void roles_come_from_a_header_or_the_address_of_the_client(By by) throws Exception {
        try (ChildProcess proxy = by.with(PolicySettings.ACL_FILE, acl("open"))
                .with(PolicySettings.ROLES, "header=X-Role@127.0.0.0/8", "source=127.0.0.1/32=local")
                .proxy()) {
            String request = connect("192.0.2.1:443");
            assertThat(answer(proxy, request.replace("\r\n\r\n", "\r\nX-Role: web\r\n\r\n")))
                    .contains("Code: address-denied");
            assertThat(proxy.line("CANONICAL-PROXY-DECISION")).contains("\"role\":\"web\"");
            answer(proxy, request);
            assertThat(proxy.lineContaining("\"role\":\"local\"")).contains("CANONICAL-PROXY-DECISION");
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--allow-range", "--deny-range", "--allow-address", "--deny-address"})
    void address_rules_open_and_close(By by) throws Exception {
        try (TestOrigin open = TestOrigin.startOn("127.0.0.2", TestOrigin.answering(OK));
                TestOrigin single = TestOrigin.startOn("127.0.0.9", TestOrigin.answering(OK));
                ChildProcess proxy = by.with(PolicySettings.ALLOW_RANGES, "127.0.0.0/29")
                        .with(PolicySettings.ALLOW_ADDRESSES, "127.0.0.9:" + single.port())
                        .with(PolicySettings.DENY_RANGES, "198.51.100.0/24", "127.0.0.4/30")
                        .with(PolicySettings.DENY_ADDRESSES, "127.0.0.3")
                        .proxy()) {
            assertThat(answer(proxy, get("127.0.0.2:" + open.port()))).endsWith("\r\n\r\nok");
            assertThat(answer(proxy, get("127.0.0.9:" + single.port()))).endsWith("\r\n\r\nok");
            assertThat(answer(proxy, get("127.0.0.9:1"))).contains("Deny: Not Global Unicast");
            assertThat(answer(proxy, get("127.0.0.3:80"))).contains("Deny: User Configured");
            assertThat(answer(proxy, get("127.0.0.5:80"))).contains("Deny: User Configured");
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows("--temporarily-deferred-ip")
    void a_deferred_address_is_the_last_to_be_tried(By by) throws Exception {
        try (TestOrigin deferred = TestOrigin.startOn("127.0.0.2", TestOrigin.answering(OK));
                TestOrigin other = TestOrigin.startOn("127.0.0.3", deferred.port(), TestOrigin.answering(OK));
                TestDns dns = TestDns.start().answer("two.test", "127.0.0.2", "127.0.0.3");
                ChildProcess proxy = by.with(PolicySettings.ALLOW_RANGES, "127.0.0.0/8")
                        .with(PolicySettings.TEMPORARILY_DEFERRED_IPS, "127.0.0.2")
                        .with(
                                ConnectSettings.RESOLVER_ADDRESSES,
                                "127.0.0.1:" + dns.address().getPort())
                        .proxy()) {
            assertThat(answer(proxy, get("two.test:" + deferred.port()))).endsWith("\r\n\r\nok");
            assertThat(other.accepted()).isEqualTo(1);
            assertThat(deferred.accepted()).isZero();
        }
    }

    /** Told, not tried: no test sends anything to such an address. */
    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--unsafe-allow-private-ranges", "--address-policy"})
    void private_ranges_and_the_table_of_go_can_be_asked_for(By by) throws Exception {
        By.Start start = by.with(PolicySettings.ADDRESS_POLICY, "strict");
        assertThat(explained(start)).containsExactly("Deny: Private Range", "Deny: Special Purpose");

        start.with(PolicySettings.UNSAFE_ALLOW_PRIVATE_RANGES, "true")
                .with(PolicySettings.ADDRESS_POLICY, "smokescreen");
        assertThat(explained(start)).containsExactly("Allow: Default", "Allow: Default");
    }

    private static java.util.List<String> explained(By.Start start) throws Exception {
        ChildProcess.Ended explained = start.ended("explain", "10.0.0.1:443", "192.0.2.1:443");
        return explained
                .out()
                .lines()
                .map(line -> line.replaceFirst(".*\"verdict\":\"([^\"]*)\".*", "$1"))
                .toList();
    }

    private Path acl(String action) throws Exception {
        return Files.writeString(folder.resolve("acl.yaml"), """
                version: v1
                services:
                  - name: web
                    project: p
                    action: %s
                default:
                  project: p
                  action: enforce
                  allowed_domains: [192.0.2.1]
                """.formatted(action));
    }
}
