package io.smokescreen;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.Host;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.RecordingOrigin;
import io.smokescreen.testing.TestDns;
import io.smokescreen.testing.TestProxy;
import io.smokescreen.testing.Vectors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link Smokescreen#explain} says of every vector is what the running proxy answers. The only tunnel it may have is
 * open already, so that a CONNECT that passed everything is answered with {@code tunnel-limit} and nothing is connected to.
 */
class ExplainVectorsTest {

    private static final Pattern REQUEST_LINE = Pattern.compile("[A-Za-z]+ (.*?) HTTP/1.*", Pattern.DOTALL);
    private static final String URL = "(?is)[a-z][a-z0-9+.-]*://.*";
    private static final Rules OPEN = Rules.defaults()
            .withAclPolicy(Acl.fromYaml("open", "version: v1\nservices: []\ndefault: {action: open}\n"))
            .withAddressRules(TestProxy.OPEN);
    private static final Set<String> PASSED_EVERYTHING = Set.of("", "tunnel-limit", "connect-failed");

    private static volatile Rules rules = OPEN;
    private static @Nullable RecordingOrigin origin;
    private static @Nullable TestProxy proxy;
    private static @Nullable RawClient tunnel;

    @BeforeAll
    static void start() {
        origin = RecordingOrigin.start();
        TestProxy started = TestProxy.reloadable(
                () -> rules,
                builder -> builder.roleExtractor(request -> request.headers().first("X-Test-Role"))
                        .limits(LimitOptions.defaults().withMaxConcurrentTunnels(1)));
        proxy = started;
        started.dns().scriptAll(ExplainVectorsTest::resolve);
        String target = TestProxy.OPEN_ADDRESS + ":" + origin.port();
        tunnel = started.connect().send("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n");
        assertThat(tunnel.readHead()).startsWith("HTTP/1.1 200 ");
    }

    @AfterAll
    static void stop() throws IOException {
        requireNonNull(origin).assertCanaryUntouched();
        requireNonNull(tunnel).close();
        requireNonNull(proxy).close();
        requireNonNull(origin).close();
    }

    static Stream<Map<String, Object>> aclDecisions() {
        return Vectors.read("acl-decisions.json").stream();
    }

    @ParameterizedTest
    @MethodSource("aclDecisions")
    void aclDecision(Map<String, Object> row) throws Exception {
        Acl acl = Acl.fromYaml(Path.of(
                requireNonNull(ExplainVectorsTest.class.getResource("/reference/acl/" + Vectors.string(row, "file")))
                        .toURI()));
        use(OPEN.withAclPolicy(acl));
        String host = Vectors.string(row, "host");
        String nextHop = Vectors.string(row, "next_hop");

        PolicyVerdict verdict = assertAgreement(
                Vectors.string(row, "role"), host + ":443", nextHop.isEmpty() ? "" : "http://" + nextHop + ":3128");

        if (Host.tryParse(host).isEmpty()) {
            assertThat(verdict.code()).isEqualTo("malformed-request");
            return;
        }
        assertThat(verdict.acl()).hasValueSatisfying(decision -> {
            assertThat(decision.result().name().toLowerCase(Locale.ROOT)).isEqualTo(row.get("result"));
            assertThat(decision.reason()).isEqualTo(row.get("reason"));
            assertThat(decision.project()).isEqualTo(row.get("project"));
            assertThat(decision.defaultRule()).isEqualTo(row.get("default_rule"));
        });
    }

    @ParameterizedTest
    @EnumSource
    void everyAddress(AddressPolicy policy) {
        use(OPEN.withAddressRules(AddressRules.builder().policy(policy).build()));

        for (Map<String, Object> row : Vectors.read("addresses.json")) {
            PolicyVerdict verdict = assertAgreement("", literal(row), "");

            assertAddressVerdict(policy, row, verdict);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyAddressRule(AddressPolicy policy) {
        for (Map<String, Object> row : Vectors.read("address-rules.json")) {
            Optional<AddressRules> configured = addressRules(policy, row);
            if (configured.isPresent()) {
                use(OPEN.withAddressRules(configured.get()));
                PolicyVerdict verdict = assertAgreement("", literal(row), "");

                assertAddressVerdict(policy, row, verdict);
            }
        }
    }

    static Stream<String> targets() {
        return Vectors.read("requests.json").stream()
                .map(row -> Vectors.string(row, "raw"))
                .map(REQUEST_LINE::matcher)
                .filter(Matcher::matches)
                .map(line -> line.group(1))
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void everyTargetOfARequest(String template) {
        use(OPEN.withAclPolicy(Acl.fromYaml("acl.yaml", """
                version: v1
                services: [{name: known, action: enforce, allowed_domains: ["*.allowed.test"]}]
                default: {action: enforce, allowed_domains: ["*.allowed.test"]}
                """)));
        int port = requireNonNull(origin).port();
        String target = template.replace("{H}", "allowed.test")
                .replace("{HU}", "ALLOWED.TEST")
                .replace("{P}", String.valueOf(port))
                .replace("{P65536}", String.valueOf(port + 65_536))
                .replace("{P32}", String.valueOf(port + (1L << 32)))
                .replace("{PX}", "0x" + Integer.toHexString(port));

        assertAgreement("known", target, "");
        assertAgreement("", target, "");
    }

    @Test
    void targets_areMany() {
        assertThat(targets()).hasSizeGreaterThan(150);
    }

    private static PolicyVerdict assertAgreement(String role, String target, String nextHop) {
        Smokescreen explaining = requireNonNull(proxy).smokescreen();
        PolicyVerdict verdict = explaining
                .explain(role, target, nextHop)
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        HttpReply reply = ask(role, target, nextHop);
        String code = reply.header("X-Smokescreen-Error-Code");
        boolean passed = PASSED_EVERYTHING.contains(code);

        assertThat(verdict.code()).as("%s for %s", target, role).isEqualTo(passed ? "allowed" : code);
        assertThat(verdict.allowed()).isEqualTo(passed);
        if (!passed && !code.equals("malformed-request")) { // of a malformed one, explain may know better why
            assertThat(verdict.reason()).isEqualTo(reply.header("X-Smokescreen-Error"));
        }
        PolicyVerdict withoutLookup = explaining.policy().checkTarget(role, target, nextHop);
        if (!verdict.code().startsWith("dns-") && !verdict.code().equals("address-denied")) {
            assertThat(withoutLookup.code()).isEqualTo(verdict.code());
        }
        assertThat(withoutLookup.acl()).isEqualTo(verdict.acl());
        return verdict;
    }

    private static HttpReply ask(String role, String target, String nextHop) {
        String line = (target.matches(URL) ? "GET " : "CONNECT ") + target + " HTTP/1.1\r\nHost: a.test\r\n";
        String identity = role.isEmpty() ? "" : "X-Test-Role: " + role + "\r\n";
        String hop = nextHop.isEmpty() ? "" : "X-Upstream-Https-Proxy: " + nextHop + "\r\n";
        try (RawClient client = requireNonNull(proxy).connect()) {
            return HttpReply.read(client.send(line + identity + hop + "\r\n"));
        }
    }

    private static void use(Rules next) {
        rules = next;
        requireNonNull(proxy).smokescreen().reload();
    }

    private static void assertAddressVerdict(AddressPolicy policy, Map<String, Object> row, PolicyVerdict verdict) {
        if (Integer.valueOf(0).equals(row.get("port"))) { // which no request can ask for
            assertThat(verdict.code()).isEqualTo("malformed-request");
            return;
        }
        String label = verdict.address().orElseThrow().label();
        if (policy == AddressPolicy.STRICT) {
            assertThat(verdict.allowed() ? "allow" : "deny").isEqualTo(row.get("strict"));
        } else {
            assertThat(label).isEqualTo(row.get("smokescreen"));
        }
        assertThat(label).startsWith(verdict.allowed() ? "Allow: " : "Deny: ");
    }

    /** Empty where the row is about addresses of another machine, or about rules that are refused. */
    @SuppressWarnings("unchecked") // the file is part of this module
    private static Optional<AddressRules> addressRules(AddressPolicy policy, Map<String, Object> row) {
        Map<String, Object> config = (Map<String, Object>) row.getOrDefault("config", Map.of());
        if (config.containsKey("local_ips") || config.containsKey("listen_port")) {
            return Optional.empty();
        }
        AddressRules.Builder builder = AddressRules.builder()
                .policy(policy)
                .unsafeAllowPrivateRanges(Boolean.TRUE.equals(config.get("unsafe_allow_private_ranges")));
        Vectors.strings(config, "allow_ranges").forEach(builder::allowRange);
        Vectors.strings(config, "deny_ranges").forEach(builder::denyRange);
        Vectors.strings(config, "allow_addresses").forEach(builder::allowAddress);
        Vectors.strings(config, "deny_addresses").forEach(builder::denyAddress);
        try {
            return Optional.of(builder.build());
        } catch (ConfigurationException e) {
            assertThat(row.get(policy == AddressPolicy.STRICT ? "strict" : "smokescreen"))
                    .isIn("config_error", "config error");
            return Optional.empty();
        }
    }

    private static String literal(Map<String, Object> row) {
        String ip = Vectors.string(row, "ip");
        return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + row.get("port");
    }

    /** Names that the ACLs of the vectors know are at the origin's address, those with {@code ip-a-b-c-d} at a.b.c.d. */
    private static List<TestDns.Send> resolve(TestDns.Query query) {
        String label = query.name().split("\\.", 2)[0];
        String ip = label.matches("ip(-[0-9]+){4}") ? label.substring(3).replace('-', '.') : TestProxy.OPEN_ADDRESS;
        return TestDns.now(TestDns.addresses(query, 60, ip));
    }
}
