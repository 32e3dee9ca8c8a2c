package io.smokescreen.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AclRequest;
import io.smokescreen.api.Destination;
import io.smokescreen.api.Host;
import io.smokescreen.api.MitmSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The order of the decision, and what the additions to Go's format do to it. */
class AclIndexTest {

    private static final AclIndex ACL = AclFile.parse("acl.yaml", """
            version: v1
            services:
            - name: web
              project: shop
              action: enforce
              allowed_domains: [api.test, "*.cdn.test", evil.test, "2001:db8::1", "mail.test:587", "[2001:db8::2]:443"]
              allowed_external_proxies: ["*.egress.test", 10.0.0.1]
            - name: narrow
              project: shop
              action: open
              allowed_domains: [api.test, "alt.test:8443"]
              allowed_ports: [443, "80"]
            - name: watched
              action: report
            default:
              project: rest
              action: enforce
              allowed_domains: [default.test]
            global_deny_list: [evil.test, "*.bad.test", both.test, "half.test:25"]
            global_allow_list: [status.test, both.test, "half.test", "ntp.test:123"]
            """, Set.of());

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            # role,  host,             port, next hop,     result, reason,                                  project, default, matched
            web,     api.test,         443,  -,            ALLOW,  host matched allowed domain in rule,     shop,  false, api.test
            web,     a.b.cdn.test,     443,  -,            ALLOW,  host matched allowed domain in rule,     shop,  false, *.cdn.test
            web,     2001:db8::1,      443,  -,            ALLOW,  host matched allowed domain in rule,     shop,  false, 2001:db8::1
            web,     evil.test,        443,  -,            ALLOW,  host matched allowed domain in rule,     shop,  false, evil.test
            web,     x.bad.test,       443,  -,            DENY,   host matched rule in global deny list,   shop,  false, *.bad.test
            web,     both.test,        443,  -,            DENY,   host matched rule in global deny list,   shop,  false, both.test
            web,     status.test,      443,  -,            ALLOW,  host matched rule in global allow list,  shop,  false, status.test
            web,     other.test,       443,  -,            DENY,   rule has enforce policy,                 shop,  false, -
            watched, other.test,       443,  -,            REPORT, rule has allow and report policy,        '',    false, -
            watched, evil.test,        443,  -,            DENY,   host matched rule in global deny list,   '',    false, evil.test
            narrow,  other.test,       443,  -,            ALLOW,  rule has open enforcement policy,        shop,  false, -
            nobody,  default.test,     443,  -,            ALLOW,  host matched allowed domain in rule,     rest,  true,  default.test
            nobody,  status.test,      443,  -,            ALLOW,  host matched rule in global allow list,  rest,  true,  status.test
            nobody,  other.test,       443,  -,            DENY,   default rule policy used,                rest,  true,  -
            WEB,     api.test,         443,  -,            DENY,   default rule policy used,                rest,  true,  -
            -,       default.test,     443,  -,            ALLOW,  host matched allowed domain in rule,     rest,  true,  default.test
            # the next hop comes first
            web,     api.test,         443,  p.egress.test, ALLOW, host matched allowed domain in rule,     shop,  false, api.test
            web,     api.test,         443,  10.0.0.1,     ALLOW,  host matched allowed domain in rule,     shop,  false, api.test
            web,     api.test,         443,  egress.test,  DENY,   connect proxy host not allowed in rule,  shop,  false, -
            narrow,  api.test,         444,  p.test,       DENY,   connect proxy host not allowed in rule,  shop,  false, -
            nobody,  status.test,      443,  p.egress.test, DENY,  connect proxy host not allowed in rule,  rest,  true,  -
            # entries with a port
            web,     mail.test,        587,  -,            ALLOW,  host matched allowed domain in rule,     shop,  false, mail.test:587
            web,     mail.test,        25,   -,            DENY,   rule has enforce policy,                 shop,  false, -
            web,     2001:db8::2,      443,  -,            ALLOW,  host matched allowed domain in rule,     shop,  false, [2001:db8::2]:443
            web,     2001:db8::2,      80,   -,            DENY,   rule has enforce policy,                 shop,  false, -
            web,     half.test,        25,   -,            DENY,   host matched rule in global deny list,   shop,  false, half.test:25
            web,     half.test,        443,  -,            ALLOW,  host matched rule in global allow list,  shop,  false, half.test
            web,     ntp.test,         123,  -,            ALLOW,  host matched rule in global allow list,  shop,  false, ntp.test:123
            web,     ntp.test,         124,  -,            DENY,   rule has enforce policy,                 shop,  false, -
            # allowed_ports come before every list of hosts and before the action
            narrow,  api.test,         443,  -,            ALLOW,  host matched allowed domain in rule,     shop,  false, api.test
            narrow,  api.test,         80,   -,            ALLOW,  host matched allowed domain in rule,     shop,  false, api.test
            narrow,  api.test,         444,  -,            DENY,   port not allowed in rule,                shop,  false, -
            narrow,  alt.test,         8443, -,            DENY,   port not allowed in rule,                shop,  false, -
            narrow,  status.test,      8080, -,            DENY,   port not allowed in rule,                shop,  false, -
            narrow,  other.test,       22,   -,            DENY,   port not allowed in rule,                shop,  false, -
            """)
    void request_isDecided(
            @Nullable String role,
            String host,
            int port,
            @Nullable String nextHop,
            AclDecision.Result result,
            String reason,
            String project,
            boolean defaultRule,
            @Nullable String matched) {
        AclDecision decision = ACL.decide(new AclRequest(
                Optional.ofNullable(role),
                Destination.of(host, port),
                Optional.ofNullable(nextHop).map(Host::parse)));
        assertThat(decision)
                .isEqualTo(new AclDecision(
                        result, reason, project, defaultRule, Optional.ofNullable(matched), Optional.empty()));
    }

    @Test
    void withoutRuleAndDefault_everythingIsDenied() {
        AclIndex acl = AclFile.parse("acl.yaml", "version: v1\nservices: []\nglobal_allow_list: [a.test]", Set.of());
        assertThat(acl.decide(AclRequest.of("web", "a.test", 443))).isEqualTo(AclDecision.deny("no rule matched"));
        assertThat(acl.decide(new AclRequest(Optional.empty(), Destination.of("a.test", 443), Optional.empty())))
                .isEqualTo(AclDecision.deny("no rule matched"));
    }

    @Test
    void mitmSettings_areThoseOfTheFirstEntryThatMatches() {
        AclIndex acl = AclFile.parse("acl.yaml", """
                version: v1
                services:
                - name: web
                  action: enforce
                  allowed_domains: [a.x.test, "*.x.test", plain.test, "p.test:443", p.test]
                  mitm_domains:
                  - {domain: a.x.test, detailed_http_logs: on}
                  - {domain: "*.x.test", add_headers: {X-Team: shop}, detailed_http_logs_full_headers: [User-Agent]}
                  - {domain: "p.test:443"}
                """, Set.of());
        assertThat(mitm(acl, "a.x.test", 443)).contains(new MitmSettings(Map.of(), true, List.of()));
        assertThat(mitm(acl, "b.x.test", 443))
                .contains(new MitmSettings(Map.of("X-Team", "shop"), false, List.of("User-Agent")));
        assertThat(mitm(acl, "plain.test", 443)).isEmpty();
        assertThat(mitm(acl, "p.test", 443)).isPresent();
        assertThat(mitm(acl, "p.test", 80)).isEmpty();
        assertThat(acl.decide(AclRequest.of("web", "b.x.test", 443)).matched()).contains("*.x.test");
    }

    private static Optional<MitmSettings> mitm(AclIndex acl, String host, int port) {
        AclDecision decision = acl.decide(AclRequest.of("web", host, port));
        assertThat(decision.result()).isEqualTo(AclDecision.Result.ALLOW);
        return decision.mitm();
    }
}
