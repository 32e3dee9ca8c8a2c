package io.smokescreen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.Metric;
import io.smokescreen.api.NextHop;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.RecordingOrigin;
import io.smokescreen.testing.SecondProxy;
import io.smokescreen.testing.TestDns;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** However a next hop is chosen, nothing is connected to that was not vetted: neither it nor the destination. */
class NextHopVettingTest {

    private static final String NAME = "a.allowed.test";

    /** No rule allows it. */
    private static final String INTERNAL = "127.0.0.3";

    private final RecordingOrigin origin = RecordingOrigin.start();

    /** How a next hop comes to a request. */
    enum Way {
        SELECTOR,
        HEADER,
        CONFIGURED,
        ENVIRONMENT;

        boolean isOperators() {
            return this != HEADER;
        }

        NextHopOptions options(String url) {
            NextHopOptions none = NextHopOptions.defaults();
            return switch (this) {
                case SELECTOR -> none.withSelector(request -> Optional.of(NextHop.parse(url)));
                case HEADER -> none;
                case CONFIGURED -> none.withHttp(NextHop.parse(url)).withHttps(NextHop.parse(url));
                case ENVIRONMENT -> none.withEnvironment(Map.of("HTTP_PROXY", url, "HTTPS_PROXY", url));
            };
        }

        String field(String url) {
            return this == HEADER ? "X-Upstream-Https-Proxy: " + url + "\r\n" : "";
        }
    }

    /** What a client asks for. */
    enum Form {
        TUNNEL("CONNECT %s HTTP/1.1"),
        PLAIN("GET http://%s/p HTTP/1.1"),
        SECURE("GET https://%s/p HTTP/1.1");

        private final String line;

        Form(String line) {
            this.line = line;
        }

        String request(String authority, String field) {
            return String.format(line, authority) + "\r\nHost: " + authority + "\r\n" + field + "\r\n";
        }
    }

    @AfterEach
    void close() throws IOException {
        origin.assertCanaryUntouched();
        origin.close();
    }

    static Stream<Arguments> everyWay() {
        return Arrays.stream(Way.values())
                .flatMap(way -> Arrays.stream(Form.values()).map(form -> Arguments.of(way, form)));
    }

    static Stream<Arguments> everyWayOfTheOperator() {
        return everyWay().filter(each -> ((Way) each.get()[0]).isOperators());
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void nextHopAtAnAllowedAddress_isUsed(Way way, Form form) {
        try (SecondProxy hop = SecondProxy.on(TestProxy.OPEN_ADDRESS);
                TestProxy proxy = start(way.options(hop.url()))) {
            assertReached(proxy, form, way.field(hop.url()));

            assertThat(hop.asked())
                    .singleElement()
                    .satisfies(request -> assertThat(request.destination()).hasToString(NAME + ":" + origin.port()));
            assertThat(proxy.total(Metric.UPSTREAM_PROXY_SELECTED)).isEqualTo(way == Way.SELECTOR ? 1 : 0);
        }
    }

    @ParameterizedTest
    @MethodSource("everyWayOfTheOperator")
    void internalNextHopOfTheOperator_isUsed(Way way, Form form) {
        try (SecondProxy hop = SecondProxy.on(INTERNAL);
                TestProxy proxy = start(way.options(hop.url()))) {
            assertReached(proxy, form, way.field(hop.url()));

            assertThat(hop.asked()).hasSize(1);
        }
    }

    /** What is trusted as a next hop is no destination. */
    @ParameterizedTest
    @MethodSource("everyWayOfTheOperator")
    void internalNextHopOfTheOperator_isNoDestination(Way way, Form form) {
        try (SecondProxy hop = SecondProxy.on(INTERNAL);
                TestProxy proxy = start(way.options(hop.url()));
                RawClient client = proxy.connect()) {
            HttpReply reply = HttpReply.read(client.send(form.request(INTERNAL + ":" + hop.port(), "")));

            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("address-denied");
            assertThat(hop.asked()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void internalNextHopOfAClient_isNotReached(Form form) throws IOException {
        try (TestOrigin canary = TestOrigin.startOn(INTERNAL, Socket::close);
                TestProxy proxy = start(NextHopOptions.defaults())) {
            proxy.dns().answer("hop.test", INTERNAL);
            for (String host : new String[] {INTERNAL, "hop.test", "[::ffff:" + INTERNAL + "]"}) {
                String url = "http://" + host + ":" + canary.port();

                HttpReply reply = ask(proxy, form, Way.HEADER.field(url));

                assertThat(reply.status()).isEqualTo(407);
                assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("address-denied");
                assertThat(reply.body())
                        .contains("the next hop http://")
                        .contains(INTERNAL + " is denied by rule 'Deny: Not Global Unicast'");
            }
            assertThat(canary.accepted()).isZero();
            assertThat(origin.visits()).as("directly").isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void nextHopWhoseNameLeadsToMetadata_isNotReached(Way way, Form form) {
        String url = "http://hop.test:80";
        try (TestProxy proxy = start(way.options(url))) {
            proxy.dns().answer("hop.test", "169.254.169.254");

            HttpReply reply = ask(proxy, form, way.field(url));

            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("address-denied");
            assertThat(reply.body()).contains("169.254.169.254 is denied by rule 'Deny: Cloud Metadata'");
            assertThat(origin.visits()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void nextHopWithoutAnAddress_isAFailure_notADirectConnection(Way way, Form form) {
        String url = "http://hop.test:80";
        try (TestProxy proxy = start(way.options(url))) {
            HttpReply reply = ask(proxy, form, way.field(url));

            assertThat(reply.status()).isEqualTo(502);
            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("dns-failed");
            assertThat(reply.body()).startsWith("Failed to resolve the hostname of next hop http://hop.test:80: ");
            assertThat(origin.visits()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void nextHopWhoseNameChanges_isReachedWhereItWasVetted(Way way, Form form) throws IOException {
        AtomicInteger lookups = new AtomicInteger();
        try (SecondProxy hop = SecondProxy.on(TestProxy.OPEN_ADDRESS);
                TestOrigin canary = TestOrigin.startOn(INTERNAL, hop.port(), Socket::close)) {
            String url = "http://hop.test:" + hop.port();
            try (TestProxy proxy = start(way.options(url))) {
                proxy.dns().script("hop.test", query -> {
                    boolean first = query.type() != 1 || lookups.getAndIncrement() == 0;
                    return TestDns.now(TestDns.addresses(query, 0, first ? TestProxy.OPEN_ADDRESS : INTERNAL));
                });

                assertReached(proxy, form, way.field(url));

                assertThat(hop.asked()).hasSize(1);
                assertThat(lookups).hasValue(1);
                assertThat(canary.accepted()).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void proxyItself_isNoNextHop(Way way, Form form) throws IOException {
        int port = freePort();
        String url = "http://127.0.0.1:" + port;
        try (TestProxy proxy = start(way.options(url), builder -> builder.listen("127.0.0.1", port))) {
            HttpReply reply = ask(proxy, form, way.field(url));

            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("address-denied");
            assertThat(reply.body()).contains("127.0.0.1 is denied by rule 'Deny: Self Connection'");
            assertThat(proxy.decisions()).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void destination_isVettedToo(Way way, Form form) {
        try (SecondProxy hop = SecondProxy.on(TestProxy.OPEN_ADDRESS);
                TestProxy proxy = start(way.options(hop.url()))) {
            proxy.dns().answer(NAME, INTERNAL); // for the next hop it is another address, one that may be reached

            HttpReply reply = ask(proxy, form, way.field(hop.url()));

            assertThat(reply.status()).isEqualTo(407);
            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("address-denied");
            assertThat(reply.body()).contains("no valid IP found among resolved addresses - " + INTERNAL);
            assertThat(hop.asked()).isEmpty();
            assertThat(origin.visits()).isEmpty();
        }
    }

    private static TestProxy start(NextHopOptions options) {
        return start(options, builder -> {});
    }

    private static TestProxy start(NextHopOptions options, Consumer<SmokescreenBuilder> customize) {
        TestProxy proxy = TestProxy.start(builder -> customize.accept(
                builder.aclPolicy(request -> AclDecision.allow("everything")).nextHops(options)));
        proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
        return proxy;
    }

    private HttpReply ask(TestProxy proxy, Form form, String field) {
        try (RawClient client = proxy.connect()) {
            return HttpReply.read(client.send(form.request(NAME + ":" + origin.port(), field)));
        }
    }

    private void assertReached(TestProxy proxy, Form form, String field) {
        try (RawClient client = proxy.connect()) {
            client.send(form.request(NAME + ":" + origin.port(), field));
            switch (form) {
                case TUNNEL -> {
                    assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
                    assertThat(new String(client.send("\u0000ping").read(5), ISO_8859_1))
                            .isEqualTo("\u0000ping");
                }
                case PLAIN -> assertThat(HttpReply.read(client).body()).isEqualTo("ok");
                case SECURE -> // the origin sends back what it gets, which is no handshake
                    assertThat(HttpReply.read(client).header("X-Smokescreen-Error-Code"))
                            .isEqualTo("upstream-tls-failed");
            }
        }
        assertThat(origin.visits()).hasSize(1);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
