package io.smokescreen.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is told of two ACLs. */
class AclDiffTest {

    private static final AclIndex BEFORE = acl("""
            version: v1
            services:
            - name: web
              project: shop
              action: open
              allowed_domains: [a.test, "*.b.test", c.test]
              allowed_external_proxies: [proxy.test]
              mitm_domains:
              - domain: a.test
                add_headers: {Authorization: secret-1}
            - name: old
              action: enforce
              allowed_domains: [x.test, y.test]
            - name: same
              action: report
              allowed_domains: [s.test, t.test]
            global_allow_list: [status.test]
            global_deny_list: [bad.test]
            """);

    @Test
    void sameAcl_hasNoDifference() {
        assertThat(AclDiff.between(BEFORE, BEFORE)).isEqualTo(AclDiff.NONE);
    }

    @Test
    void everyKindOfChange_isToldAndCounted() {
        AclIndex after = acl("""
                version: v1
                services:
                - name: "new\\u202e"
                  action: enforce
                  allowed_domains: [n.test]
                - name: same
                  action: report
                  allowed_domains: [t.test, s.test]
                - name: web
                  project: shop2
                  action: enforce
                  allowed_domains: [a.test, c.test, "*.d.test", "e.test:443"]
                  allowed_external_proxies: ["*.proxy.test"]
                  allowed_ports: [443, 80]
                  mitm_domains:
                  - domain: a.test
                    add_headers: {Authorization: secret-2}
                  - domain: c.test
                default:
                  action: report
                  allowed_domains: [z.test]
                global_deny_list: [bad.test, worse.test]
                """);

        AclDiff diff = AclDiff.between(BEFORE, after);

        assertThat(diff.lines())
                .containsExactly(
                        "services: 1 added ('new\\u202e'), 1 removed ('old')",
                        "service 'web': action open -> enforce; project 'shop' -> 'shop2';"
                                + " allowed_ports every port -> {80, 443};"
                                + " allowed_domains 2 added (*.d.test, e.test:443), 1 removed (*.b.test);"
                                + " allowed_external_proxies 1 added (*.proxy.test), 1 removed (proxy.test);"
                                + " mitm_domains 1 added (c.test), 1 changed (a.test)",
                        "default rule: added, action report",
                        "global_allow_list: 1 removed (status.test)",
                        "global_deny_list: 1 added (worse.test)");
        assertThat(diff).isEqualTo(new AclDiff(1, 1, 1, 6, 5, diff.lines()));
    }

    @Test
    void defaultRule_changedAndRemoved_isTold() {
        String services = "version: v1\nservices: []\n";
        AclIndex open = acl(services + "default:\n  action: open\n  allowed_domains: [a.test]\n");
        AclIndex enforced = acl(services + "default:\n  action: enforce\n  allowed_domains: [a.test]\n");
        AclIndex none = acl(services);

        assertThat(AclDiff.between(open, enforced).lines()).containsExactly("default rule: action open -> enforce");
        AclDiff removed = AclDiff.between(enforced, none);
        assertThat(removed.lines()).containsExactly("default rule: removed");
        assertThat(removed.globsRemoved()).isEqualTo(1);
    }

    @Test
    void manyChanges_areCounted_andTheFirstFewNamed() {
        AclIndex after = acl(services("added", 50, "a.test"));

        AclDiff diff = AclDiff.between(acl(services("gone", 30, "a.test")), after);

        assertThat(diff.servicesAdded()).isEqualTo(50);
        assertThat(diff.servicesRemoved()).isEqualTo(30);
        assertThat(diff.lines())
                .singleElement()
                .asString()
                .startsWith("services: 50 added ('added-0', ")
                .endsWith("'added-19' and 30 more), 30 removed");
    }

    @Test
    void manyChangedServices_haveALineEachUpToALimit() {
        AclDiff diff = AclDiff.between(acl(services("s", 50, "a.test")), acl(services("s", 50, "b.test")));

        assertThat(diff.servicesChanged()).isEqualTo(50);
        assertThat(diff.globsAdded()).isEqualTo(50);
        assertThat(diff.lines())
                .hasSize(21)
                .startsWith("service 's-0': allowed_domains 1 added (b.test), 1 removed (a.test)")
                .endsWith("services: 30 more changed");
        assertThat(diff.lines().get(15)).isEqualTo("service 's-15': allowed_domains 1 added, 1 removed");
    }

    @Test
    void twoAclsOfAHundredThousandEntries_areComparedInNoTime() {
        AclIndex before = acl(entries(0, 100_000));
        AclIndex after = acl(entries(50_000, 150_000));
        long start = System.nanoTime();

        AclDiff diff = AclDiff.between(before, after);

        // It takes 80 ms of a processor when cold; this bound only tells a linear comparison from a quadratic one.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(diff.globsAdded()).isEqualTo(50_000);
        assertThat(diff.globsRemoved()).isEqualTo(50_000);
        assertThat(diff.lines().toString()).hasSizeLessThan(2_000);
    }

    private static String services(String name, int count, String domain) {
        return "version: v1\nservices:\n"
                + IntStream.range(0, count)
                        .mapToObj(i -> "- name: " + name + "-" + i + "\n  action: enforce\n  allowed_domains: ["
                                + domain + "]\n")
                        .collect(Collectors.joining());
    }

    private static String entries(int first, int end) {
        return "version: v1\nservices:\n- name: web\n  action: enforce\n  allowed_domains:\n"
                + IntStream.range(first, end)
                        .mapToObj(i -> "  - '*.host-" + i + ".example.com'\n")
                        .collect(Collectors.joining());
    }

    private static AclIndex acl(String text) {
        return AclFile.parse("acl.yaml", text, Set.of());
    }
}
