package io.smokescreen.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AclDecision.Result;
import io.smokescreen.api.AclRequest;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.MitmSettings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the file means, and what is refused with which words. */
class AclFileTest {

    private static final String HEAD = "version: v1\nservices:\n- name: web\n  action: enforce\n";

    static Stream<Arguments> invalidFiles() {
        return Stream.of(
                // the document
                Arguments.of("", "1:1: is empty (expected an ACL in YAML)"),
                Arguments.of("# nothing\n", "1:1: is empty (expected an ACL in YAML)"),
                Arguments.of("just text", "1:1: expected keys and values, found the text 'just text'"),
                Arguments.of("- v1", "1:1: expected keys and values, found a list"),
                Arguments.of("~", "1:1: expected keys and values, found nothing"),
                Arguments.of("services: []", "1:1: the key 'version' is missing (expected 'version: v1')"),
                Arguments.of("version: v2\nservices: []", "1:10: version: 'v2' is not a known version (expected 'v1')"),
                Arguments.of("version:\nservices: []", "1:9: version: expected a text, found nothing"),
                Arguments.of(
                        "version: v1", "1:1: the key 'services' is missing (expected a list of rules, '[]' for none)"),
                Arguments.of("version: v1\nservices:\n", "2:10: services: expected a list, found nothing"),
                Arguments.of("version: v1\nservices: {}\n", "2:11: services: expected a list, found keys and values"),
                Arguments.of("version: v1\nservices: []\nservices: []", "3:1: the key 'services' stands twice"),
                Arguments.of(
                        "version: v1\nservice: []",
                        "2:1: unknown key 'service' (expected one of version, services, default, global_allow_list,"
                                + " global_deny_list; did you mean 'services'?)"),
                Arguments.of("version: v1\nservices: []\n? [a]\n: b", "3:3: expected a text, found a list"),
                // rules
                Arguments.of(
                        "version: v1\nservices: [web]",
                        "2:12: services[0]: expected keys and values, found the text 'web'"),
                Arguments.of("version: v1\nservices:\n- action: open", "3:3: services[0]: the key 'name' is missing"),
                Arguments.of(
                        "version: v1\nservices:\n- name: ''\n  action: open",
                        "3:9: services[0].name: '' cannot be a role (expected 1 to 256 characters, none of them a control"
                                + " character)"),
                Arguments.of(
                        "version: v1\nservices:\n- name: \"a\\nb\"\n  action: open",
                        "3:9: services[0].name: 'a\\u000ab' cannot be a role"),
                Arguments.of("version: v1\nservices:\n- name: web", "3:3: services[0]: the key 'action' is missing"),
                Arguments.of(
                        "version: v1\nservices:\n- name: web\n  action: enforced",
                        "4:11: services[0].action: 'enforced' is not an action (expected open, report, enforce; did you mean"
                                + " 'enforce'?)"),
                Arguments.of(
                        "version: v1\nservices:\n- name: web\n  action: Open",
                        "4:11: services[0].action: 'Open' is not an action"),
                Arguments.of(
                        HEAD + "- name: web\n  action: open",
                        "5:3: services[1]: a second rule for service 'web' (the first is at line 3; expected one rule for"
                                + " each service)"),
                Arguments.of(
                        HEAD + "  allowed_domain: [a.test]",
                        "5:3: services[0]: unknown key 'allowed_domain' (expected one of name, project, action,"
                                + " allowed_domains, allowed_ports, mitm_domains, allowed_external_proxies; did you mean"
                                + " 'allowed_domains'?)"),
                Arguments.of(HEAD + "  project:", "5:11: services[0].project: expected a text, found nothing"),
                Arguments.of(HEAD + "  project: [a]", "5:12: services[0].project: expected a text, found a list"),
                Arguments.of(HEAD + "default:\n  project: x", "6:3: default: the key 'action' is missing"),
                Arguments.of(HEAD + "default:", "5:9: default: expected keys and values, found nothing"),
                // lists
                Arguments.of(
                        HEAD + "  allowed_domains:",
                        "5:19: services[0].allowed_domains: expected a list, found nothing"),
                Arguments.of(
                        HEAD + "  allowed_domains: a.test",
                        "5:20: services[0].allowed_domains: expected a list, found the text 'a.test'"),
                Arguments.of(
                        HEAD + "  allowed_domains: [a.test, ~]",
                        "5:29: services[0].allowed_domains[1]: expected a text, found nothing"),
                Arguments.of(
                        HEAD + "  allowed_domains:\n  - a.test: 443",
                        "6:5: services[0].allowed_domains[0]: expected a text, found keys and values"),
                Arguments.of(
                        HEAD + "  allowed_domains: [!!binary aGk=]",
                        "5:21: services[0].allowed_domains[0]: expected a text, found the tag"
                                + " 'tag:yaml.org,2002:binary'"),
                Arguments.of(
                        HEAD + "global_allow_list: ['*']",
                        "5:21: global_allow_list[0]: '*' would match every host (a rule with 'action: open' allows every"
                                + " host)"),
                Arguments.of(
                        HEAD + "global_deny_list: [A.test]",
                        "5:20: global_deny_list[0]: 'A.test' is not in lower case"),
                // ports
                Arguments.of(
                        HEAD + "  allowed_ports: []",
                        "5:18: services[0].allowed_ports: is empty (expected at least one port; leave the key out to allow"
                                + " every port)"),
                Arguments.of(
                        HEAD + "  allowed_ports: [443, 65536]",
                        "5:24: services[0].allowed_ports[1]: '65536' is not a port (expected 1 to 65535)"),
                Arguments.of(HEAD + "  allowed_ports: [0]", "5:19: services[0].allowed_ports[0]: '0' is not a port"),
                Arguments.of(
                        HEAD + "  allowed_ports: [0443]", "5:19: services[0].allowed_ports[0]: '0443' is not a port"),
                Arguments.of(
                        HEAD + "  allowed_ports: [0x50]", "5:19: services[0].allowed_ports[0]: '0x50' is not a port"),
                Arguments.of(HEAD + "  allowed_ports: [-1]", "5:19: services[0].allowed_ports[0]: '-1' is not a port"),
                Arguments.of(
                        HEAD + "  allowed_external_proxies: [p.test, '*.q.test:8080']",
                        "5:38: services[0].allowed_external_proxies[1]: '*.q.test:8080' has a port; a proxy is allowed on"
                                + " every port (write '*.q.test')"),
                // MITM
                Arguments.of(
                        HEAD + "  mitm_domains:\n  - domain: a.test",
                        "6:13: services[0].mitm_domains[0].domain: 'a.test' is not in allowed_domains of the same rule"
                                + " (expected the same entry there)"),
                Arguments.of(
                        mitm("- add_headers: {}"), "7:5: services[0].mitm_domains[0]: the key 'domain' is missing"),
                Arguments.of(
                        mitm("- domain: a.test\n    detailed_http_log: true"),
                        "8:5: services[0].mitm_domains[0]: unknown key 'detailed_http_log' (expected one of domain,"
                                + " add_headers, detailed_http_logs, detailed_http_logs_full_headers; did you mean"
                                + " 'detailed_http_logs'?)"),
                Arguments.of(
                        mitm("- domain: a.test\n    detailed_http_logs: maybe"),
                        "8:25: services[0].mitm_domains[0].detailed_http_logs: expected true or false, found the text"
                                + " 'maybe'"),
                Arguments.of(
                        mitm("- domain: a.test\n    detailed_http_logs: 'true'"),
                        "8:25: services[0].mitm_domains[0].detailed_http_logs: expected true or false"),
                Arguments.of(
                        mitm("- domain: a.test\n    add_headers: {'X A': b}"),
                        "8:26: services[0].mitm_domains[0].add_headers.X A: 'X A' is not the name of a header"),
                Arguments.of(
                        mitm("- domain: a.test\n    add_headers: {X-A: \"b\\r\\nX-B: c\"}"),
                        "8:24: services[0].mitm_domains[0].add_headers.X-A: the value of the header field 'X-A'"
                                + " holds what none can"),
                Arguments.of(
                        mitm("- domain: a.test\n    add_headers: {Content-Length: 5}"),
                        "8:35: services[0].mitm_domains[0].add_headers.Content-Length: 'Content-Length' is a"
                                + " header field that the proxy sets itself"),
                Arguments.of(
                        mitm("- domain: a.test\n    add_headers: {Content_Length: 5}"),
                        "8:35: services[0].mitm_domains[0].add_headers.Content_Length: 'Content_Length' is a header"),
                Arguments.of(
                        mitm("- domain: a.test\n    add_headers: {X-Smokescreen-Role: root}"),
                        "8:39: services[0].mitm_domains[0].add_headers.X-Smokescreen-Role: 'X-Smokescreen-Role' is a"),
                Arguments.of(
                        mitm("- domain: a.test\n    add_headers: {Proxy-Authorization: x}"),
                        "8:40: services[0].mitm_domains[0].add_headers.Proxy-Authorization: 'Proxy-Authorization' is"),
                Arguments.of(
                        mitm("- domain: a.test\n    add_headers: {X-A: b, x-a: c}"),
                        "8:32: services[0].mitm_domains[0].add_headers.x-a: the header 'x-a' stands twice"),
                Arguments.of(
                        mitm("- domain: a.test\n    detailed_http_logs_full_headers: ['']"),
                        "8:39: services[0].mitm_domains[0].detailed_http_logs_full_headers[0]: '' is not the name of a"
                                + " header"));
    }

    @ParameterizedTest
    @MethodSource("invalidFiles")
    void invalidFile_isRefusedWithItsPlace(String text, String message) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> AclFile.parse("acl.yaml", text, Set.of()))
                .withMessageStartingWith("acl.yaml:" + message);
    }

    @Test
    void disabledAction_isRefusedInAnyRule() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> AclFile.parse("acl.yaml", HEAD, Set.of("enforce", "open")))
                .withMessage("acl.yaml:4:11: services[0].action: the action 'enforce' is disabled (expected report)");
    }

    @Test
    void disabledAction_mustBeAnAction() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> AclFile.parse("acl.yaml", HEAD, Set.of("closed")))
                .withMessage("disabled ACL action 'closed' is not an action (expected open, report, enforce)");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
            on,         on
            123,        123
            1.0,        1.0
            0x1F,       0x1F
            2026-11-23, 2026-11-23
            'null',     null
            '-',        -
            a b,        a b
            """)
    void name_isTextWhateverYamlWouldTypeIt(String written, String role) {
        AclIndex acl =
                AclFile.parse("acl.yaml", "version: v1\nservices:\n- name: " + written + "\n  action: open", Set.of());
        assertThat(acl.decide(AclRequest.of(role, "a.test", 443)).isAllowed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"y", "Yes", "true", "TRUE", "on", "ON"})
    void boolean_isReadAsYamlV2Does(String yes) {
        assertThat(AclFile.parse("acl.yaml", mitm("- domain: a.test\n    detailed_http_logs: " + yes), Set.of())
                        .decide(AclRequest.of("web", "a.test", 443))
                        .mitm())
                .contains(new MitmSettings(Map.of(), true, List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"n", "No", "false", "False", "off", "OFF"})
    void negativeBoolean_isReadAsYamlV2Does(String no) {
        assertThat(AclFile.parse("acl.yaml", mitm("- domain: a.test\n    detailed_http_logs: " + no), Set.of())
                        .decide(AclRequest.of("web", "a.test", 443))
                        .mitm())
                .contains(new MitmSettings(Map.of(), false, List.of()));
    }

    @Test
    void aliasesAndMerges_meanWhatTheyMeanInGo() {
        AclIndex acl = AclFile.parse("acl.yaml", """
                version: v1
                services:
                - &base
                  name: one
                  project: shared
                  action: enforce
                  allowed_domains: &hosts [a.test]
                - <<: *base
                  name: two
                - name: three
                  action: report
                  allowed_domains: *hosts
                """, Set.of());
        AclDecision two = acl.decide(AclRequest.of("two", "a.test", 443));
        assertThat(two.project()).isEqualTo("shared");
        assertThat(two.matched()).contains("a.test");
        assertThat(acl.decide(AclRequest.of("two", "b.test", 443)).result()).isEqualTo(Result.DENY);
        assertThat(acl.decide(AclRequest.of("three", "a.test", 443)).matched()).contains("a.test");
    }

    @Test
    void topLevelDomain_isLegalAndWarnedOf() {
        AclIndex acl = AclFile.parse(
                "acl.yaml", HEAD + "  allowed_domains: ['*.com']\ndefault: {action: enforce}\n", Set.of());
        assertThat(acl.warnings())
                .containsExactly("acl.yaml:5:21: services[0].allowed_domains[0]: '*.com' matches every host of a"
                        + " top-level domain");
        assertThat(acl.decide(AclRequest.of("web", "a.com", 443)).matched()).contains("*.com");
    }

    private static String mitm(String entry) {
        return HEAD + "  allowed_domains: [a.test]\n  mitm_domains:\n  " + entry;
    }
}
