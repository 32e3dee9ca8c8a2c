package io.smokescreen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import io.smokescreen.api.RoleExtractor;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestDns;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules that are replaced while the proxy runs: which of them decide on what. */
class ReloadTest {

    private static final String NAME = "a.allowed.test";
    private static final String OTHER = "b.allowed.test";

    @TempDir
    private Path directory;

    private Path file = Path.of("");

    private volatile AddressRules addresses = TestProxy.OPEN;

    @BeforeEach
    void writeFirstAcl() throws IOException {
        file = directory.resolve("acl.yaml");
        allow(NAME);
    }

    @Test
    void reload_putsTheFileInForceAtOnce() throws Exception {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.reloadable(this::load)) {
            proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);
            assertThat(connect(proxy, NAME, origin.port())).isEqualTo(200);
            assertThat(connect(proxy, OTHER, origin.port())).isEqualTo(407);

            allow(OTHER);
            assertThat(connect(proxy, NAME, origin.port())).isEqualTo(200);
            proxy.smokescreen().reload();

            assertThat(connect(proxy, NAME, origin.port())).isEqualTo(407);
            assertThat(connect(proxy, OTHER, origin.port())).isEqualTo(200);
            assertThat(proxy.smokescreen().policy().check("", OTHER, 443).allowed())
                    .isTrue();
            assertThat(proxy.smokescreen().policy().check("", NAME, 443).code()).isEqualTo("acl-denied");
        }
    }

    @Test
    void reload_isCounted_andTellsWhenTheRulesWereLoaded() {
        try (TestProxy proxy = TestProxy.reloadable(this::load)) {
            List<Double> times = valuesOf(proxy, Metric.ACL_RELOAD_TIME);
            assertThat(times).hasSize(1);
            assertThat(Instant.ofEpochMilli((long) (times.get(0) * 1_000)))
                    .isBetween(Instant.now().minusSeconds(60), Instant.now());

            proxy.smokescreen().reload();

            assertThat(proxy.total(Metric.ACL_RELOAD)).isEqualTo(1);
            assertThat(proxy.total(Metric.ACL_RELOAD_ERROR)).isZero();
            assertThat(valuesOf(proxy, Metric.ACL_RELOAD_TIME)).hasSize(2).isSorted();
        }
    }

    @Test
    void reload_replacesAddressRulesAndTheirPolicy() throws Exception {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.reloadable(() -> Rules.defaults().withAddressRules(addresses))) {
            String ip = TestProxy.OPEN_ADDRESS;
            assertThat(connect(proxy, ip, origin.port())).isEqualTo(200);

            addresses = AddressRules.defaults();
            proxy.smokescreen().reload();
            assertThat(connect(proxy, ip, origin.port())).isEqualTo(407);

            addresses = AddressRules.builder()
                    .policy(AddressPolicy.SMOKESCREEN)
                    .allowRange("127.0.0.0/8")
                    .build();
            proxy.smokescreen().reload();
            assertThat(connect(proxy, ip, origin.port())).isEqualTo(200);
        }
    }

    /** 127.0.0.3 is the proxy itself to the strict policy only: Go knows the addresses of interfaces. */
    @Test
    void reload_ofThePolicy_changesWhatTheProxyCallsItself() {
        AddressRules.Builder loopback = AddressRules.builder().allowRange("127.0.0.0/8");
        addresses = loopback.policy(AddressPolicy.SMOKESCREEN).build();
        try (TestProxy proxy = TestProxy.reloadable(() -> Rules.defaults().withAddressRules(addresses))) {
            Policy policy = proxy.smokescreen().policy();
            int port = proxy.address().getPort();
            assertThat(policy.check("", "127.0.0.3", port).allowed()).isTrue();

            addresses = loopback.policy(AddressPolicy.STRICT).build();
            proxy.smokescreen().reload();

            assertThat(policy.check("", "127.0.0.3", port).reason()).contains("Deny: Self Connection");
        }
    }

    @Test
    void tunnel_whoseHostIsForbidden_staysOpen() throws Exception {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.reloadable(this::load);
                RawClient tunnel = proxy.connect()) {
            proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);
            tunnel.send(head(NAME, origin.port()));
            assertThat(tunnel.readHead()).startsWith("HTTP/1.1 200 ");

            allow(OTHER);
            proxy.smokescreen().reload();
            assertThat(connect(proxy, NAME, origin.port())).isEqualTo(407);

            assertThat(tunnel.send("still here").read(10)).asString().isEqualTo("still here");
            assertThat(tunnel.halfClose().readAll()).isEmpty();
        }
    }

    /** The pool keeps connections, not permissions. */
    @Test
    void pooledConnection_isNotUsedForAHostThatIsForbidden_andIsUsedWhenItIsAllowedAgain() throws Exception {
        try (TestOrigin origin = TestOrigin.start(ReloadTest::answerEach);
                TestProxy proxy = TestProxy.reloadable(this::load);
                RawClient client = proxy.connect()) {
            proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);
            assertThat(get(client, NAME, origin.port()).status()).isEqualTo(200);

            allow(OTHER);
            proxy.smokescreen().reload();
            assertThat(get(client, NAME, origin.port()).header("X-Smokescreen-Error-Code"))
                    .isEqualTo("acl-denied");

            allow(NAME);
            addresses = AddressRules.defaults();
            proxy.smokescreen().reload();
            assertThat(get(client, NAME, origin.port()).header("X-Smokescreen-Error-Code"))
                    .isEqualTo("address-denied");

            addresses = TestProxy.OPEN;
            proxy.smokescreen().reload();
            assertThat(get(client, NAME, origin.port()).status()).isEqualTo(200);
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    /** The ACL answers, the name is looked up, and meanwhile the rules are replaced. */
    @Test
    void request_inWorkDuringTheReload_isDecidedByTheOldRulesToItsEnd() throws Exception {
        CompletableFuture<Boolean> answer = new CompletableFuture<Boolean>().orTimeout(10, TimeUnit.SECONDS);
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.reloadable(this::load);
                RawClient early = proxy.connect()) {
            proxy.dns().scriptAll(query -> {
                assertThat(answer.join()).isTrue();
                return TestDns.now(TestDns.addresses(query, 0, TestProxy.OPEN_ADDRESS));
            });
            early.send(head(NAME, origin.port()));
            await().until(() -> !proxy.dns().queries().isEmpty());

            addresses = AddressRules.defaults();
            proxy.smokescreen().reload();
            answer.complete(true);

            assertThat(early.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(connect(proxy, NAME, origin.port())).isEqualTo(407);
        }
    }

    /** The role is being told, and meanwhile the rules are replaced: the ACL that is asked next is the old one. */
    @Test
    void request_whoseRoleIsLate_isDecidedByTheOldRules() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        RoleExtractor slow = request -> {
            asked.countDown();
            assertThat(answer.await(10, TimeUnit.SECONDS)).isTrue();
            return Optional.of("web");
        };
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.reloadable(
                        this::load,
                        builder -> builder.roleExtractor(slow)
                                .policyExecutor(executor)
                                .timeouts(TimeoutOptions.defaults().withPolicy(Duration.ofSeconds(30))));
                RawClient early = proxy.connect()) {
            proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);
            early.send(head(NAME, origin.port()));
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

            allow(OTHER);
            addresses = AddressRules.defaults();
            proxy.smokescreen().reload();
            answer.countDown();

            assertThat(early.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(connect(proxy, NAME, origin.port())).isEqualTo(407);
        } finally {
            executor.shutdownNow();
        }
    }

    private void allow(String host) throws IOException {
        Path complete = directory.resolve("new.yaml");
        Files.writeString(
                complete,
                "version: v1\nservices: []\ndefault:\n  action: enforce\n  allowed_domains: ['" + host
                        + "', 9.9.9.9]\n",
                UTF_8);
        Files.move(complete, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private Rules load() {
        return Rules.defaults().withAclPolicy(Acl.fromYaml(file)).withAddressRules(addresses);
    }

    private static String head(String host, int port) {
        return "CONNECT " + host + ":" + port + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    private static int connect(TestProxy proxy, String host, int port) {
        try (RawClient client = proxy.connect()) {
            client.send(head(host, port));
            return HttpReply.readHead(client).status();
        }
    }

    private static HttpReply get(RawClient client, String host, int port) {
        client.send("GET http://" + host + ":" + port + "/ HTTP/1.1\r\nHost: x\r\n\r\n");
        return HttpReply.read(client);
    }

    private static void answerEach(Socket connection) throws IOException {
        while (!TestOrigin.readHead(connection.getInputStream()).isEmpty()) {
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static List<Double> valuesOf(TestProxy proxy, Metric metric) {
        return proxy.measurements().stream()
                .filter(measurement -> measurement.metric() == metric)
                .map(TestProxy.Measurement::value)
                .toList();
    }
}
