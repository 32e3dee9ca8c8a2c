package policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.Acl;
import io.smokescreen.PolicyVerdict;
import io.smokescreen.Smokescreen;
import io.smokescreen.api.RoleExtractor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** How an application tests its egress policy: the decision of the real proxy, without a socket. */
class PolicyTest {

    private static final Smokescreen PROXY = Smokescreen.builder()
            .roleExtractor(RoleExtractor.none())
            .aclPolicy(
                    Acl.fromYaml(
                            "acl.yaml",
                            """
                            version: v1
                            services:
                              - name: web
                                project: shop
                                action: enforce
                                allowed_domains:
                                  - "*.example.com"
                              - name: cron
                                project: shop
                                action: open
                            """))
            .build();

    @AfterAll
    static void close() {
        PROXY.close();
    }

    @Test
    void web_reachesItsPartner() {
        PolicyVerdict verdict = PROXY.policy().check("web", "api.example.com", 443);

        assertThat(verdict.allowed()).as(verdict.reason()).isTrue();
        assertThat(verdict.code()).isEqualTo("allowed");
        assertThat(verdict.acl()).hasValueSatisfying(acl -> assertThat(acl.matched()).contains("*.example.com"));
    }

    @Test
    void web_reachesNothingElse() {
        PolicyVerdict verdict = PROXY.policy().check("web", "api.example.org", 443);

        assertThat(verdict.allowed()).isFalse();
        assertThat(verdict.code()).isEqualTo("acl-denied");
        assertThat(verdict.reason()).isNotEmpty();
    }

    @Test
    void cron_reachesNoPrivateAddress() {
        PolicyVerdict verdict = PROXY.policy().check("cron", "169.254.169.254", 80);

        assertThat(verdict.allowed()).isFalse();
        assertThat(verdict.code()).isEqualTo("address-denied");
    }

    @Test
    void stranger_isDenied() {
        assertThat(PROXY.policy().check("stranger", "api.example.com", 443).allowed()).isFalse();
    }

    @Test
    void nonsense_isRefusedNotThrown() {
        assertThat(PROXY.policy().check("web", "not a host", 443).allowed()).isFalse();
    }
}
