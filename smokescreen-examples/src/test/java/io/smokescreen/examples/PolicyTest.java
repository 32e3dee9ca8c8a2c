package io.smokescreen.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.Acl;
import io.smokescreen.PolicyVerdict;
import io.smokescreen.Smokescreen;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How do I test my ACL file? Ask for the decision in process: the proxy is built, never started, so there is no port, no
 * DNS and nothing to wait for. Copy this beside your own file.
 */
class PolicyTest {

    private static final Smokescreen PROXY =
            Smokescreen.builder().aclPolicy(Acl.fromYaml(aclFile())).build();

    @AfterAll
    static void close() {
        PROXY.close();
    }

    @ParameterizedTest
    @CsvSource({
        "payments, api.example.com,     443, allowed",
        "payments, API.Example.com.,    443, allowed", // the same host
        "payments, www.api.example.com, 443, acl-denied",
        "payments, evil.example.net,    443, acl-denied",
        "payments, 10.0.0.7,            443, address-denied", // on the list, and private
        "search,   api.example.com,     443, acl-denied", // not its rule
    })
    void the_file_says(String role, String host, int port, String code) {
        PolicyVerdict verdict = PROXY.policy().check(role, host, port);

        assertThat(verdict.code()).as(verdict.reason()).isEqualTo(code);
    }

    @Test
    void the_rule_that_matched_is_told() {
        PolicyVerdict verdict = PROXY.policy().check("payments", "api.example.com", 443);

        assertThat(verdict.allowed()).isTrue();
        assertThat(verdict.acl()).hasValueSatisfying(decision -> {
            assertThat(decision.reason()).isEqualTo("host matched allowed domain in rule");
            assertThat(decision.matched()).contains("api.example.com");
            assertThat(decision.project()).isEqualTo("checkout");
        });
    }

    private static Path aclFile() {
        try {
            return Path.of(Objects.requireNonNull(QuickTour.class.getResource("acl.yaml"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
