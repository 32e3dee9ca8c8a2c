package io.smokescreen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.Acl;
import io.smokescreen.NextHopOptions;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.NextHopSettings;
import io.smokescreen.cli.config.OperationSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.TlsSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckSummaryTest {

    @Test
    void next_hops_are_told_without_their_passwords() {
        Configuration settings = Configuration.of(
                Optional.empty(),
                Map.of(
                        NextHopSettings.HTTP, List.of("http://user:secret@proxy.test:3128"),
                        NextHopSettings.NO_PROXY, List.of(".corp.test", "10.0.0.0/8")));
        NextHopOptions hops = NextHopAssembly.options(settings, Map.of("HTTPS_PROXY", "https://u:secret@other.test"));

        assertThat(new CheckSummary(settings, Optional.empty(), hops).lines())
                .containsSequence(
                        "next hops    for plain HTTP: http://proxy.test:3128",
                        "             for all else: https://other.test:443",
                        "             not for localhost, loopback addresses, .corp.test, 10.0.0.0/8")
                .noneMatch(line -> line.contains("secret"));
    }

    @Test
    void files_of_tls_are_named() {
        assertThat(lines(Map.of(
                        TlsSettings.CERT_FILE, List.of("server.pem"),
                        TlsSettings.CLIENT_CA_FILES, List.of("a.pem", "b.pem"))))
                .contains("TLS          certificate from server.pem, client authorities from a.pem, b.pem,"
                        + " revocation lists from none");
    }

    @Test
    void limits_are_told_as_they_were_set() {
        assertThat(lines(Map.of(
                        OperationSettings.MAX_REQUEST_RATE, List.of("100"),
                        OperationSettings.MAX_CONCURRENT_TUNNELS, List.of("20"))))
                .contains("also set     max_request_rate: 100", "             max_concurrent_connect_tunnels: 20");
    }

    @Test
    void what_happens_without_a_role_and_without_a_rule_is_told() {
        Configuration allowing = Configuration.of(
                Optional.empty(),
                Map.of(
                        PolicySettings.ALLOW_MISSING_ROLE, List.of("true"),
                        PolicySettings.ROLES, List.of("organizational-unit", "common-name")));
        Acl acl = Acl.fromYaml("acl", "version: v1\nservices: []\ndefault: {action: report}\n");

        assertThat(new CheckSummary(allowing, Optional.of(acl), NextHopOptions.defaults()).lines())
                .contains(
                        "role         from organizational-unit, then common-name",
                        "             a client without one: judged by the default rule",
                        "ACL          of the application",
                        "             default rule: report");
    }

    private static List<String> lines(Map<Setting<?>, List<String>> flags) {
        Configuration settings = Configuration.of(Optional.empty(), flags);
        return new CheckSummary(settings, Optional.empty(), NextHopOptions.defaults()).lines();
    }
}
