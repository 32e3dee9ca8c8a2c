package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AddressVerdict;
import io.smokescreen.api.NextHop;
import io.smokescreen.testing.DnsMessage;
import io.smokescreen.testing.TestDns;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Smokescreen#explain} and {@link Policy#checkTarget} of a proxy that does not run. */
class ExplainTest {

    private final TestDns dns = TestDns.start();
    private final SmokescreenBuilder builder = Smokescreen.builder()
            .listen("127.0.0.1", 4751)
            .resolverOptions(ResolverOptions.servers(List.of(dns.address())).withTimeout(Duration.ofSeconds(10)));

    @BeforeEach
    void answer() {
        dns.answer("both.test", "10.0.0.1", "192.0.2.1", "9.9.9.9", "2620:fe::fe");
        dns.answer("private.test", "10.0.0.1", "10.0.0.2");
        dns.fail("broken.test", DnsMessage.SERVFAIL);
        dns.answer("hop.test", "10.0.0.9", "9.9.9.9");
    }

    @AfterEach
    void close() {
        dns.close();
    }

    @Test
    void name_isLookedUp_andEachAddressJudged() throws UnknownHostException {
        PolicyVerdict verdict = explain("both.test:443");

        assertThat(verdict.allowed()).isTrue();
        assertThat(verdict.code()).isEqualTo("allowed");
        assertThat(verdict.address()).contains(AddressVerdict.ALLOW_DEFAULT);
        assertThat(verdict.addresses())
                .contains(
                        entry(address("10.0.0.1"), AddressVerdict.DENY_PRIVATE_RANGE),
                        entry(address("192.0.2.1"), AddressVerdict.DENY_SPECIAL_PURPOSE),
                        entry(address("9.9.9.9"), AddressVerdict.ALLOW_DEFAULT),
                        entry(address("2620:fe::fe"), AddressVerdict.ALLOW_DEFAULT))
                .hasSize(4);
        assertThat(dns.count("both.test")).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "private.test:443, address-denied",
        "broken.test:443, dns-failed",
        "unknown.test:443, dns-failed",
        "http://private.test/a?b, address-denied",
        "http://both.test, allowed",
        "HTTP://BOTH.TEST:8080/, allowed",
        "https://both.test/, allowed",
        "https://private.test/, address-denied",
        "both.test, malformed-request",
        "both.test:0, malformed-request",
        "'', malformed-request",
        "' both.test:443', malformed-request",
        "'both.test:443 HTTP/1.1\r\nX-Upstream-Https-Proxy: http://a.test:1', malformed-request",
        "/healthcheck, malformed-request",
        "*, malformed-request",
        "//both.test/, malformed-request",
        "127.0.0.1:4751, address-denied",
        "localhost:4750, address-denied",
    })
    void code_isThatOfTheAnswer(String target, String code) {
        assertThat(explain(target).code()).isEqualTo(code);
        assertThat(explain(target).allowed()).isEqualTo(code.equals("allowed"));
    }

    @Test
    void nameWhoseServerSaysNothing_isATimeout() {
        dns.drop("slow.test");
        builder.resolverOptions(ResolverOptions.servers(List.of(dns.address())).withTimeout(Duration.ofMillis(100)));

        assertThat(explain("slow.test:443").code()).isEqualTo("dns-timeout");
    }

    @Test
    void targetLongerThanARequestLine_isMalformed() {
        String longest =
                "http://both.test/" + "a".repeat(8 * 1024 - "GET".length() - "HTTP/1.1http://both.test/".length());

        assertThat(explain(longest).code()).isEqualTo("allowed");
        assertThat(explain(longest + "a").reason()).isEqualTo("start line too long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:4751", "localhost:4751", "[::1]:4751", "127.0.0.1:9810"})
    void ownPorts_areSelfConnections_beforeTheStart(String target) {
        Smokescreen proxy = builder.ownPort(9810).build();

        assertThat(proxy.policy().checkTarget("", target, "").address()).contains(AddressVerdict.DENY_SELF_CONNECTION);
    }

    @Test
    void withoutLookup_onlyTheAclIsAsked() {
        Smokescreen proxy = builder.aclPolicy(acl()).build();

        PolicyVerdict allowed = proxy.policy().checkTarget("web", "private.test:443", "");
        PolicyVerdict denied = proxy.policy().checkTarget("web", "other.test:443", "");

        assertThat(allowed.allowed()).isTrue();
        assertThat(allowed.addresses()).isEmpty();
        assertThat(allowed.acl())
                .hasValueSatisfying(acl -> assertThat(acl.matched()).contains("private.test"));
        assertThat(denied.code()).isEqualTo("acl-denied");
        assertThat(dns.queries()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "web, http://hop.test:3128, allowed, allowed",
        "web, https://HOP.test:3128/, allowed, allowed",
        "web, http://other.test:3128, acl-denied, acl-denied",
        "web, hop.test:3128, next-hop-invalid, next-hop-invalid",
        "web, http://hop.test, allowed, allowed",
        "web, http://hop.test/a, next-hop-invalid, next-hop-invalid",
        "'', http://hop.test:3128, role-missing, role-missing",
        "web, 'http://hop.test:3128\r\nX: y', malformed-request, malformed-request",
        "web, ' http://hop.test:3128 ', allowed, allowed",
        "web, http://\u212a.test:3128, next-hop-invalid, next-hop-invalid",
        "web, http://private.test:3128, address-denied, allowed",
        "web, http://10.0.0.1:3128, address-denied, address-denied",
        "web, http://localhost:3128, address-denied, address-denied",
        "web, http://127.0.0.1:4751, address-denied, address-denied",
        "web, http://unknown.test:3128, dns-failed, allowed",
    })
    void nextHop_isJudgedAsInAHeader(String role, String nextHop, String code, String withoutLookup) {
        try (Smokescreen proxy = builder.aclPolicy(acl()).build()) {
            assertThat(join(proxy.explain(role, "both.test:443", nextHop)).code())
                    .isEqualTo(code);
            assertThat(proxy.policy()
                            .checkTarget(role, "both.test:443", nextHop)
                            .code())
                    .isEqualTo(withoutLookup);
        }
    }

    @Test
    void nextHop_isToldWithItsAddresses_besideThoseOfTheDestination() throws UnknownHostException {
        try (Smokescreen proxy = builder.aclPolicy(acl()).build()) {
            PolicyVerdict verdict = join(proxy.explain("web", "both.test:443", "http://u:p@hop.test:3128"));

            assertThat(verdict.nextHop()).contains(NextHop.parse("http://u:p@hop.test:3128"));
            assertThat(verdict.nextHopAddresses())
                    .containsExactly(
                            entry(address("10.0.0.9", 3128), AddressVerdict.DENY_PRIVATE_RANGE),
                            entry(address("9.9.9.9", 3128), AddressVerdict.ALLOW_DEFAULT));
            assertThat(verdict.addresses()).hasSize(4).doesNotContainKey(address("9.9.9.9", 3128));
        }
    }

    @Test
    void nextHopThatMustNotBeReached_isNamed_withoutItsCredentials() {
        try (Smokescreen proxy = builder.aclPolicy(acl()).build()) {
            PolicyVerdict denied = join(proxy.explain("web", "both.test:443", "http://u:secret@private.test:3128"));
            PolicyVerdict unknown = join(proxy.explain("web", "both.test:443", "http://u:secret@unknown.test"));

            assertThat(denied.reason())
                    .isEqualTo("Egress proxying is denied to host 'both.test:443': the next hop"
                            + " http://private.test:3128 must not be connected to, its address 10.0.0.1 is denied by rule"
                            + " 'Deny: Private Range'.");
            assertThat(unknown.reason())
                    .startsWith("Failed to resolve the hostname of next hop http://unknown.test:80: ");
            assertThat(denied + "" + unknown).doesNotContain("secret");
        }
    }

    @Test
    void configuredNextHop_isTold_whereItIsUsed() {
        builder.nextHops(NextHopOptions.defaults()
                .withHttp(NextHop.parse("http://10.0.0.7:1"))
                .withHttps(NextHop.parse("http://10.0.0.8:2"))
                .withNoProxy(List.of("private.test")));
        try (Smokescreen proxy = builder.build()) {
            assertThat(join(proxy.explain("", "http://both.test/", "")).nextHop())
                    .contains(NextHop.parse("http://10.0.0.7:1"));
            assertThat(join(proxy.explain("", "both.test:80", "")).nextHop())
                    .contains(NextHop.parse("http://10.0.0.8:2"));
            assertThat(join(proxy.explain("", "private.test:80", "")).nextHop()).isEmpty();
            assertThat(proxy.policy().checkTarget("", "both.test:443", "").nextHopAddresses())
                    .containsValue(AddressVerdict.ALLOW_USER_CONFIGURED);
        }
    }

    @Test
    void selectorOnTheExecutor_isAskedAndWaitedFor() {
        CountDownLatch never = new CountDownLatch(1);
        ExecutorService executor = Executors.newSingleThreadExecutor();
        builder.policyExecutor(executor)
                .timeouts(TimeoutOptions.defaults().withPolicy(Duration.ofMillis(200)))
                .nextHops(NextHopOptions.defaults().withSelector(request -> {
                    never.await();
                    return Optional.empty();
                }));
        try (Smokescreen proxy = builder.build()) {
            assertThat(join(proxy.explain("", "9.9.9.9:443", "")).code()).isEqualTo("policy-failed");
        } finally {
            never.countDown();
            executor.shutdownNow();
        }
    }

    @Test
    void policyExecutor_isUsedAndWaitedForAsOnASocket() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (Smokescreen proxy = builder.policyExecutor(executor)
                .timeouts(TimeoutOptions.defaults().withPolicy(Duration.ofMillis(200)))
                .aclPolicy(request -> {
                    never.await();
                    return AclDecision.allow("too late");
                })
                .build()) {
            assertThat(join(proxy.explain("web", "9.9.9.9:443", "")).code()).isEqualTo("policy-failed");
        } finally {
            never.countDown();
            executor.shutdownNow();
            assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void policyThatFails_isTheCodeOfTheAnswer() {
        try (Smokescreen proxy = builder.aclPolicy(request -> {
                    throw new IllegalStateException("test");
                })
                .build()) {
            assertThat(join(proxy.explain("web", "9.9.9.9:443", "")).code()).isEqualTo("policy-failed");
        }
    }

    @Test
    void many_areAnsweredAtOnce() {
        dns.answerAll("9.9.9.9");
        try (Smokescreen proxy = builder.build()) {
            List<CompletionStage<PolicyVerdict>> answers = IntStream.range(0, 50)
                    .mapToObj(i -> proxy.explain("", "n" + i + ".test:443", ""))
                    .toList();

            assertThat(answers)
                    .allSatisfy(answer -> assertThat(join(answer).allowed()).isTrue());
        }
    }

    @Test
    void close_failsWhatIsUnderWay_andEndsTheThread() {
        CompletableFuture<List<InetAddress>> neverAnswered = new CompletableFuture<>();
        Smokescreen proxy =
                Smokescreen.builder().resolver(name -> neverAnswered).build();
        CompletionStage<PolicyVerdict> waiting = proxy.explain("", "a.test:443", "");

        proxy.close();

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> join(waiting))
                .withCauseInstanceOf(IllegalStateException.class);
        assertThatIllegalStateException().isThrownBy(() -> proxy.explain("", "a.test:443", ""));
        // the event loop tells that it has ended a moment before its thread does
        await().atMost(10, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("smokescreen-explain")));
    }

    @Test
    void nulls_areRefused() {
        try (Smokescreen proxy = builder.build()) {
            assertThatNullPointerException().isThrownBy(() -> proxy.explain(nothing(), "a:1", ""));
            assertThatNullPointerException().isThrownBy(() -> proxy.explain("", nothing(), ""));
            assertThatNullPointerException().isThrownBy(() -> proxy.policy().checkTarget("", "a:1", nothing()));
        }
    }

    private PolicyVerdict explain(String target) {
        try (Smokescreen proxy = builder.build()) {
            return join(proxy.explain("", target, ""));
        }
    }

    private static PolicyVerdict join(CompletionStage<PolicyVerdict> answer) {
        return answer.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static InetSocketAddress address(String ip) throws UnknownHostException {
        return address(ip, 443);
    }

    private static InetSocketAddress address(String ip, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(ip), port);
    }

    private static Acl acl() {
        return Acl.fromYaml("acl.yaml", """
                version: v1
                services:
                  - name: web
                    action: enforce
                    allowed_domains: [private.test, both.test]
                    allowed_external_proxies: [
                      hop.test, private.test, unknown.test, 10.0.0.1, localhost, 127.0.0.1]
                """);
    }

    @SuppressWarnings("NullAway") // what a caller without a null checker may do
    private static String nothing() {
        return null;
    }
}
