package io.smokescreen.internal.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.smokescreen.api.AddressFilter;
import io.smokescreen.api.AddressVerdict;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.testing.Vectors;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every row of {@code addresses.json} and {@code address-rules.json}, under both policies. */
class AddressVectorsTest {

    private static final String CONFIG_ERROR = "config error";

    @TestFactory
    Stream<DynamicTest> withoutRules() {
        AddressFilter strict = RuleSetBuilder.strict().build(false);
        AddressFilter smokescreen = RuleSetBuilder.smokescreen().build(false);
        return Vectors.read("addresses.json").stream()
                .map(row -> dynamicTest(name(row), () -> {
                    AddressVerdict verdict = strict.check(address(row), port(row));
                    assertThat(verdict.isAllowed() ? "allow" : "deny").isEqualTo(row.get("strict"));
                    assertThat(smokescreen.check(address(row), port(row)).label())
                            .isEqualTo(row.get("smokescreen"));
                }));
    }

    @TestFactory
    Stream<DynamicTest> withRules() {
        return Vectors.read("address-rules.json").stream()
                .map(row -> dynamicTest(name(row), () -> {
                    if ("deny".equals(row.get("class"))) { // for whatever reason
                        assertThat(strictClass(row)).startsWith("deny");
                    } else {
                        assertThat(strictClass(row)).isEqualTo(row.get("class"));
                    }
                    assertThat(label(row, RuleSetBuilder.smokescreen(), false)).isEqualTo(row.get("smokescreen"));
                }));
    }

    private static String strictClass(Map<String, Object> row) {
        String label = label(row, RuleSetBuilder.strict(), true);
        return switch (label) {
            case CONFIG_ERROR -> "config_error";
            case "Allow: Default" -> "allow";
            case "Allow: User Configured" -> "allow_user";
            case "Deny: User Configured" -> "deny_user";
            case "Deny: IPv6 Embedding" -> "deny_embedding";
            case "Deny: Cloud Metadata" -> "deny_metadata";
            case "Deny: Self Connection" -> "deny_self";
            default -> "deny";
        };
    }

    @SuppressWarnings("unchecked") // the file is part of this module
    private static String label(Map<String, Object> row, RuleSetBuilder rules, boolean strict) {
        Map<String, Object> config = (Map<String, Object>) row.getOrDefault("config", Map.of());
        try {
            Vectors.strings(config, "allow_ranges").forEach(text -> rules.range(true, text));
            Vectors.strings(config, "deny_ranges").forEach(text -> rules.range(false, text));
            Vectors.strings(config, "allow_addresses").forEach(text -> rules.address(true, text));
            Vectors.strings(config, "deny_addresses").forEach(text -> rules.address(false, text));
        } catch (ConfigurationException e) {
            return CONFIG_ERROR;
        }
        List<InetAddress> own = Vectors.strings(config, "local_ips").stream()
                .map(RuleSetBuilder::parseAddress)
                .toList();
        SelfConnections self = new SelfConnections(() -> own);
        if (config.get("listen_port") instanceof Integer listenPort) {
            self.listensOn(listenPort);
        }
        AddressFilter filter = rules.build(Boolean.TRUE.equals(config.get("unsafe_allow_private_ranges")));
        return new GuardedAddressFilter(self, strict, filter)
                .check(address(row), port(row))
                .label();
    }

    private static InetAddress address(Map<String, Object> row) {
        return RuleSetBuilder.parseAddress(Vectors.string(row, "ip"));
    }

    private static int port(Map<String, Object> row) {
        return Integer.parseInt(String.valueOf(row.get("port")));
    }

    private static String name(Map<String, Object> row) {
        return row.get("ip") + " " + row.get("port") + " " + row.getOrDefault("config", "");
    }
}
