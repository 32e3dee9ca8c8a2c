package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.Host;
import io.smokescreen.api.Metric;
import io.smokescreen.api.NextHop;
import io.smokescreen.api.NextHopSelector;
import io.smokescreen.testing.CapturedLog;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.RecordingOrigin;
import io.smokescreen.testing.SecondProxy;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which next hop a request goes through, and what goes to none. */
class NextHopChoiceTest {

    private static final String NAME = "a.allowed.test";

    @RegisterExtension
    private final CapturedLog failures = new CapturedLog("io.smokescreen.internal.policy.FailureLog");

    private final RecordingOrigin origin = RecordingOrigin.start();
    private final List<Optional<Host>> aclWasAsked = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws IOException {
        origin.assertCanaryUntouched();
        origin.close();
    }

    @Test
    void selector_comesBeforeTheClient_andTheClientBeforeTheConfiguration() {
        try (SecondProxy selected = SecondProxy.on("127.0.0.3");
                SecondProxy asked = SecondProxy.on(TestProxy.OPEN_ADDRESS);
                SecondProxy configured = SecondProxy.on("127.0.0.4")) {
            NextHopOptions options = NextHopOptions.defaults()
                    .withHttp(NextHop.parse(configured.url()))
                    .withHttps(NextHop.parse(configured.url()))
                    .withSelector(request ->
                            request.request().headers().first("X-Select").map(value -> NextHop.parse(selected.url())));
            try (TestProxy proxy = start(options)) {
                String header = "X-Upstream-Https-Proxy: " + asked.url() + "\r\n";

                get(proxy, header + "X-Select: yes\r\n");
                get(proxy, header);
                get(proxy, "");

                assertThat(selected.asked()).hasSize(1);
                assertThat(asked.asked()).hasSize(1);
                assertThat(configured.asked()).hasSize(1);
                Host client = Host.parse(TestProxy.OPEN_ADDRESS);
                assertThat(aclWasAsked)
                        .as("the ACL is asked about the client's choice only")
                        .containsExactly(Optional.of(client), Optional.of(client), Optional.empty());
                assertThat(proxy.total(Metric.UPSTREAM_PROXY_SELECTED)).isEqualTo(1);
            }
        }
    }

    @Test
    void configuredOnes_areForTheirKindOfRequest() {
        try (SecondProxy http = SecondProxy.on("127.0.0.3");
                SecondProxy https = SecondProxy.on("127.0.0.4")) {
            NextHopOptions both = NextHopOptions.defaults()
                    .withHttp(NextHop.parse(http.url()))
                    .withHttps(NextHop.parse(https.url()));
            try (TestProxy proxy = start(both)) {
                get(proxy, "");
                connect(proxy, "");
            }
            assertThat(http.asked())
                    .singleElement()
                    .satisfies(each -> assertThat(each.method()).isEqualTo("GET"));
            assertThat(https.asked())
                    .singleElement()
                    .satisfies(each -> assertThat(each.method()).isEqualTo("CONNECT"));
        }
    }

    @Test
    void noProxy_isForConfiguredOnesOnly() {
        try (SecondProxy hop = SecondProxy.on(TestProxy.OPEN_ADDRESS)) {
            NextHopOptions options = NextHopOptions.defaults()
                    .withHttp(NextHop.parse("http://127.0.0.9:9"))
                    .withHttps(NextHop.parse("http://127.0.0.9:9"))
                    .withNoProxy(List.of("allowed.test"));
            try (TestProxy proxy = start(options)) {
                get(proxy, "");
                connect(proxy, "");
                assertThat(hop.asked()).isEmpty();
                await().untilAsserted(
                                () -> assertThat(origin.visits()).as("directly").hasSize(2));

                get(proxy, "X-Upstream-Https-Proxy: " + hop.url() + "\r\n");
                assertThat(hop.asked()).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.2:1",
                "http://127.0.0.2:1/path",
                "http://127.0.0.2:1 http://127.0.0.2:2",
                "socks5://127.0.0.2:1",
                "http://127.0.0.2:99999",
                "http://2130706434:1",
                "http://u:secret@127.0.0.2:1@127.0.0.2:2",
                "direct",
                "http://",
                "%00",
            })
    void urlThatCannotBeRead_isADenial_neverADirectConnection(String url) {
        NextHopOptions configured = NextHopOptions.defaults()
                .withHttp(NextHop.parse("http://127.0.0.9:9"))
                .withHttps(NextHop.parse("http://127.0.0.9:9"));
        try (TestProxy direct = start(NextHopOptions.defaults());
                TestProxy proxy = start(configured)) {
            for (TestProxy each : List.of(direct, proxy)) {
                for (String line :
                        List.of("GET http://" + authority() + "/ HTTP/1.1", "CONNECT " + authority() + " HTTP/1.1")) {
                    HttpReply reply = ask(each, line, "X-Upstream-Https-Proxy: " + url + "\r\n");

                    assertThat(reply.status()).isEqualTo(407);
                    assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("next-hop-invalid");
                    assertThat(reply.body()).doesNotContain("secret");
                }
                assertThat(each.dns().queries()).isEmpty();
            }
            assertThat(origin.visits()).isEmpty();
            assertThat(aclWasAsked).isEmpty();
        }
    }

    @Test
    void selectorThatThrows_isADenial() {
        assertDenied(request -> {
            throw new IllegalStateException("broken");
        });
        assertDenied(request -> {
            throw new StackOverflowError();
        });
    }

    @Test
    @SuppressWarnings("NullAway") // what an application without a null checker may do
    void selectorThatAnswersNull_isADenial() {
        assertDenied(request -> null);
    }

    @Test
    void selectorThatIsLate_isADenial() {
        CountDownLatch never = new CountDownLatch(1);
        ExecutorService executor = Executors.newCachedThreadPool();
        try {
            assertDenied(
                    request -> {
                        never.await();
                        return Optional.empty();
                    },
                    builder -> builder.policyExecutor(executor)
                            .timeouts(TimeoutOptions.defaults().withPolicy(Duration.ofMillis(100))));
        } finally {
            never.countDown();
            executor.shutdownNow();
        }
    }

    @Test
    void selector_isToldOfTheRequest() {
        List<String> told = new CopyOnWriteArrayList<>();
        NextHopSelector selector = request -> {
            told.add(request.request().method() + " " + request.request().destination() + " "
                    + request.role().orElse("-") + " "
                    + request.decision().orElseThrow().reason());
            return Optional.empty();
        };
        try (TestProxy proxy = start(NextHopOptions.defaults().withSelector(selector))) {
            get(proxy, "");

            assertThat(told).containsExactly("GET " + authority() + " - everything");
            assertThat(origin.visits()).as("directly").hasSize(1);
        }
    }

    @Test
    void vettedAddress_isWhatTheNextHopIsAskedFor_whereThatIsWanted() {
        try (SecondProxy hop = SecondProxy.on("127.0.0.3")) {
            NextHopOptions options = NextHopOptions.defaults()
                    .withHttp(NextHop.parse(hop.url()))
                    .withHttps(NextHop.parse(hop.url()))
                    .withVettedAddressSent(true);
            try (TestProxy proxy = start(options, builder -> builder.eventLoopThreads(1))) {
                connect(proxy, "");
                get(proxy, "");
                get(proxy, "");

                String address = TestProxy.OPEN_ADDRESS + ":" + origin.port();
                assertThat(hop.asked())
                        .as("one tunnel for the client, one for plain HTTP, which is used again")
                        .hasSize(2)
                        .allSatisfy(each -> {
                            assertThat(each.method()).isEqualTo("CONNECT");
                            assertThat(each.destination()).hasToString(address);
                        });
                assertThat(origin.visits().get(1).requests())
                        .hasSize(2)
                        .allSatisfy(head -> assertThat(head)
                                .startsWith("GET /p HTTP/1.1\r\n")
                                .containsIgnoringCase("\r\nHost: " + authority() + "\r\n")
                                .doesNotContainIgnoringCase("proxy-authorization"));
            }
        }
    }

    /** A connection that waits leads to the address that was vetted then. */
    @Test
    void waitingTunnelToAnotherAddress_isNotUsed() {
        try (SecondProxy hop = SecondProxy.on("127.0.0.3")) {
            NextHopOptions options =
                    NextHopOptions.defaults().withHttp(NextHop.parse(hop.url())).withVettedAddressSent(true);
            AddressRules rules =
                    AddressRules.builder().allowRange("127.0.0.2/31").build();
            try (TestProxy proxy =
                    start(options, builder -> builder.eventLoopThreads(1).addressRules(rules))) {
                proxy.dns().answerFor(0, NAME, TestProxy.OPEN_ADDRESS);
                get(proxy, "");
                proxy.dns().answerFor(0, NAME, "127.0.0.3");
                ask(proxy, "GET http://" + authority() + "/p HTTP/1.1", "");

                assertThat(hop.asked())
                        .extracting(each -> each.destination().toString())
                        .containsExactly(TestProxy.OPEN_ADDRESS + ":" + origin.port(), "127.0.0.3:" + origin.port());
            }
        }
    }

    private void assertDenied(NextHopSelector selector) {
        assertDenied(selector, builder -> {});
    }

    private void assertDenied(NextHopSelector selector, Consumer<SmokescreenBuilder> customize) {
        try (TestProxy proxy = start(NextHopOptions.defaults().withSelector(selector), customize)) {
            for (String line :
                    List.of("GET http://" + authority() + "/ HTTP/1.1", "CONNECT " + authority() + " HTTP/1.1")) {
                HttpReply reply = ask(proxy, line, "");

                assertThat(reply.status()).isEqualTo(407);
                assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("policy-failed");
                assertThat(reply.body()).contains("the choice of a next hop failed");
            }
            assertThat(proxy.dns().queries()).isEmpty();
            assertThat(proxy.total(Metric.ACL_UNKNOWN_ERROR)).isEqualTo(2);
            assertThat(proxy.total(Metric.UPSTREAM_PROXY_SELECTED)).isZero();
        }
        assertThat(origin.visits()).isEmpty();
    }

    private TestProxy start(NextHopOptions options) {
        return start(options, builder -> {});
    }

    private TestProxy start(NextHopOptions options, Consumer<SmokescreenBuilder> customize) {
        TestProxy proxy = TestProxy.start(builder ->
                customize.accept(builder.nextHops(options).aclPolicy(request -> {
                    aclWasAsked.add(request.nextHop());
                    return AclDecision.allow("everything");
                })));
        proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
        return proxy;
    }

    private void get(TestProxy proxy, String fields) {
        HttpReply reply = ask(proxy, "GET http://" + authority() + "/p HTTP/1.1", fields);
        assertThat(reply.body()).isEqualTo("ok");
    }

    private void connect(TestProxy proxy, String fields) {
        assertThat(ask(proxy, "CONNECT " + authority() + " HTTP/1.1", fields).status())
                .isEqualTo(200);
    }

    private static HttpReply ask(TestProxy proxy, String line, String fields) {
        try (RawClient client = proxy.connect()) {
            return HttpReply.read(client.send(line + "\r\nHost: x\r\n" + fields + "\r\n"));
        }
    }

    private String authority() {
        return NAME + ":" + origin.port();
    }
}
