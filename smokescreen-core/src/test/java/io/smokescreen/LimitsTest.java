package io.smokescreen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import io.smokescreen.testing.FullBacklog;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is one too many is refused, and whatever held a place gives it back. */
class LimitsTest {

    private static final String NAME = "a.allowed.test";

    /** How an exchange can end before it has a tunnel or a response. */
    private enum Ending {
        DENIED_BY_ACL("evil.test:443"),
        DENIED_BY_ADDRESS("private.allowed.test:443"),
        NAME_UNKNOWN("unknown.allowed.test:443"),
        DIAL_REFUSED(NAME + ":1"),
        MALFORMED("bad host:443"),
        CLIENT_LEAVES_DURING_LOOKUP("silent.allowed.test:443"),
        CLIENT_LEAVES_DURING_DIAL("");

        private final String target;

        Ending(String target) {
            this.target = target;
        }

        boolean isBeforeTheDial() {
            return this != DIAL_REFUSED && this != CLIENT_LEAVES_DURING_DIAL;
        }

        private void happen(TestProxy proxy, FullBacklog deaf, String form) {
            String authority = target.isEmpty() ? NAME + ":" + deaf.port() : target;
            try (RawClient client = proxy.connect()) {
                client.send(form.replace("TARGET", authority));
                if (name().startsWith("CLIENT_LEAVES")) {
                    await().until(() -> proxy.requestsInWork() == 1 && hasBegunToWait(proxy));
                    client.reset();
                    return;
                }
                assertThat(HttpReply.read(client).status()).isBetween(400, 599);
            }
        }

        private boolean hasBegunToWait(TestProxy proxy) {
            return this == CLIENT_LEAVES_DURING_DIAL
                    ? proxy.total(Metric.PROXY_DURATION) > 0
                    : proxy.dns().count("silent.allowed.test") > 0;
        }
    }

    @Nested
    class Rate {

        private final LimitOptions threeAtOnce = LimitOptions.defaults().withMaxRequestRate(0.001, 3);

        @Test
        void oneMoreThanTheBurst_is429_andTheConnectionStays() {
            try (TestProxy proxy = limited(threeAtOnce);
                    RawClient client = proxy.connect()) {
                for (int i = 0; i < 3; i++) {
                    assertThat(get(client, "evil.test").status()).isEqualTo(407);
                }

                for (int i = 0; i < 2; i++) {
                    HttpReply reply = get(client, "evil.test");
                    assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 429 Too many requests");
                    assertThat(reply.header("Retry-After")).isEqualTo("1");
                    assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("rate-limited");
                    assertThat(reply.header("X-Smokescreen-Error"))
                            .isEqualTo("Proxy rate limit exceeded. Please retry later.")
                            .isEqualTo(reply.body());
                    assertThat(reply.header("Connection")).isEmpty();
                }
                assertThat(proxy.total(Metric.REQUESTS_RATE_LIMITED)).isEqualTo(2);
                assertThat(proxy.decisions().get(3))
                        .containsEntry("level", "WARN")
                        .containsEntry("allow", false)
                        .containsEntry("enforce_would_deny", false)
                        .containsEntry("requested_host", "evil.test:80")
                        .containsEntry("error", "Proxy rate limit exceeded. Please retry later.");
            }
        }

        @Test
        void connect_isCountedToo_andMalformedRequestsAre() {
            try (TestProxy proxy = limited(threeAtOnce)) {
                assertThat(status(proxy, "CONNECT evil.test:443 HTTP/1.1\r\nHost: x\r\n\r\n"))
                        .isEqualTo(407);
                assertThat(status(proxy, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).isEqualTo(400);
                assertThat(status(proxy, "GET http://a.test/ HTTP/1.1\r\n\r\n")).isEqualTo(400);

                assertThat(status(proxy, "CONNECT evil.test:443 HTTP/1.1\r\nHost: x\r\n\r\n"))
                        .isEqualTo(429);
                assertThat(status(proxy, "GET http://a.test/ HTTP/1.1\r\n\r\n")).isEqualTo(429);
            }
        }

        @Test
        void healthCheck_isNeitherCountedNorRefused() {
            try (TestProxy proxy = limited(threeAtOnce)) {
                for (int i = 0; i < 5; i++) {
                    assertThat(status(proxy, "GET /healthcheck HTTP/1.1\r\nHost: x\r\n\r\n"))
                            .isEqualTo(200);
                }
                for (int i = 0; i < 3; i++) {
                    assertThat(status(proxy, "GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n"))
                            .isEqualTo(407);
                }
                assertThat(status(proxy, "GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n"))
                        .isEqualTo(429);

                assertThat(status(proxy, "GET /healthcheck HTTP/1.1\r\nHost: x\r\n\r\n"))
                        .isEqualTo(200);
            }
        }
    }

    @Nested
    class Requests {

        @Test
        void exactlyAsManyAsTheLimit_areInWork() throws IOException {
            Semaphore answers = new Semaphore(0);
            try (TestOrigin origin = TestOrigin.start(answeringWhenAllowed(answers));
                    TestProxy proxy = limited(LimitOptions.defaults().withMaxConcurrentRequests(3))) {
                proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
                List<RawClient> inWork = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    inWork.add(proxy.connect().send(request(NAME + ":" + origin.port())));
                }
                await().until(() -> origin.accepted() == 3);

                try (RawClient oneTooMany = proxy.connect()) {
                    HttpReply reply = get(oneTooMany, NAME + ":" + origin.port());
                    assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 503 Service unavailable");
                    assertThat(reply.header("Retry-After")).isEqualTo("1");
                    assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("overloaded");
                    assertThat(reply.body()).isEqualTo("Proxy overloaded. Please retry later.");
                    assertThat(proxy.total(Metric.REQUESTS_CONCURRENCY_LIMITED)).isEqualTo(1);
                    assertThat(proxy.requestsInWork()).isEqualTo(3);

                    answers.release();
                    await().until(() -> proxy.requestsInWork() == 2);
                    oneTooMany.send(request(NAME + ":" + origin.port()));
                    await().until(() -> proxy.requestsInWork() == 3);
                    answers.release(3);
                    assertThat(HttpReply.read(oneTooMany).status()).isEqualTo(200);
                }
                inWork.forEach(
                        client -> assertThat(HttpReply.read(client).status()).isEqualTo(200));
                inWork.forEach(RawClient::close);
                assertThat(most(proxy)).isEqualTo(3);
                await().until(() -> proxy.requestsInWork() == 0);
            }
        }

        @ParameterizedTest
        @EnumSource
        void ending_givesThePlaceBack(Ending ending) throws IOException {
            try (FullBacklog deaf = new FullBacklog();
                    TestProxy proxy = prepared(LimitOptions.defaults().withMaxConcurrentRequests(1))) {
                ending.happen(proxy, deaf, "CONNECT TARGET HTTP/1.1\r\nHost: x\r\n\r\n");
                await().until(() -> proxy.requestsInWork() == 0);
                ending.happen(proxy, deaf, "GET http://TARGET/ HTTP/1.1\r\nHost: x\r\n\r\n");
                await().until(() -> proxy.requestsInWork() == 0);

                assertThat(status(proxy, request("evil.test"))).isEqualTo(407);
                assertThat(most(proxy)).isEqualTo(1);
            }
        }

        @Test
        void openTunnel_isNoRequestInWork() throws IOException {
            try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                    TestProxy proxy = prepared(LimitOptions.defaults().withMaxConcurrentRequests(1));
                    RawClient client = proxy.connect()) {
                assertThat(tunnel(client, origin)).isEqualTo(200);

                assertThat(status(proxy, request("evil.test"))).isEqualTo(407);
                assertThat(client.send("still here").read(10)).asString().isEqualTo("still here");
            }
        }

        /** A refused body is read for a while so that the connection can stay; that must not block others. */
        @Test
        void refusedRequest_whoseBodyIsStillToCome_holdsNoPlace() {
            try (TestProxy proxy = limited(LimitOptions.defaults().withMaxConcurrentRequests(1));
                    RawClient slow = proxy.connect()) {
                slow.send("POST http://evil.test/ HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
                assertThat(HttpReply.read(slow).status()).isEqualTo(407);

                assertThat(status(proxy, request("evil.test"))).isEqualTo(407);
            }
        }

        @Test
        void storm_endsWithNothingInWork() throws Exception {
            try (TestProxy proxy = limited(LimitOptions.defaults().withMaxConcurrentRequests(2))) {
                List<Thread> clients = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    Thread client = new Thread(() -> {
                        try (RawClient connection = proxy.connect()) {
                            for (int round = 0; round < 200; round++) {
                                assertThat(get(connection, "evil.test").status())
                                        .isIn(407, 503);
                            }
                        }
                    });
                    client.start();
                    clients.add(client);
                }
                for (Thread client : clients) {
                    client.join(60_000);
                }

                assertThat(proxy.decisions()).hasSize(1_600);
                assertThat(proxy.requestsInWork()).isZero();
                assertThat(most(proxy)).isLessThanOrEqualTo(2);
            }
        }
    }

    @Nested
    class Tunnels {

        private final LimitOptions one = LimitOptions.defaults().withMaxConcurrentTunnels(1);

        @Test
        void oneTooMany_is429_beforeAnythingIsDialed() throws IOException {
            try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                    TestProxy proxy = prepared(one);
                    RawClient first = proxy.connect();
                    RawClient second = proxy.connect()) {
                assertThat(tunnel(first, origin)).isEqualTo(200);

                HttpReply reply = HttpReply.read(second.send(connect(NAME + ":" + origin.port())));

                assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 429 Too many requests");
                assertThat(reply.header("Retry-After")).isEqualTo("1");
                assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("tunnel-limit");
                assertThat(reply.body()).isEqualTo("maximum concurrent connect tunnels exceeded");
                assertThat(second.readAll()).isEmpty();
                assertThat(origin.accepted()).isEqualTo(1);
                assertThat(proxy.total(Metric.TUNNELS_CONCURRENCY_LIMITED)).isEqualTo(1);
                assertThat(proxy.decisions().get(1))
                        .containsAllEntriesOf(Map.of(
                                "level",
                                "WARN",
                                "allow",
                                true,
                                "error",
                                "maximum concurrent connect tunnels exceeded"));
            }
        }

        @Test
        void plainHttp_needsNoTunnel() throws IOException {
            try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                    TestOrigin web =
                            TestOrigin.start(TestOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
                    TestProxy proxy = prepared(one);
                    RawClient tunnel = proxy.connect()) {
                assertThat(tunnel(tunnel, origin)).isEqualTo(200);

                assertThat(status(proxy, request(NAME + ":" + web.port()))).isEqualTo(200);
            }
        }

        @Test
        void closedByBothSides_givesThePlaceBack() throws IOException {
            try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                    TestProxy proxy = prepared(one)) {
                for (int round = 0; round < 3; round++) {
                    try (RawClient client = proxy.connect()) {
                        assertThat(tunnel(client, origin)).isEqualTo(200);
                        assertThat(client.send("x").halfClose().readAllText()).isEqualTo("x");
                    }
                    int closed = round + 1;
                    await().until(() -> proxy.closes().size() == closed);
                }
            }
        }

        @Test
        void resetByTheClient_givesThePlaceBack() throws IOException {
            try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                    TestProxy proxy = prepared(one)) {
                RawClient client = proxy.connect();
                assertThat(tunnel(client, origin)).isEqualTo(200);
                client.reset();
                await().until(() -> proxy.closes().size() == 1);

                assertTunnelFits(proxy, origin);
            }
        }

        @Test
        void resetByTheOrigin_givesThePlaceBack() throws IOException {
            CountDownLatch reset = new CountDownLatch(1);
            TestOrigin.Behaviour resetting = connection -> {
                assertThat(reset.await(30, TimeUnit.SECONDS)).isTrue();
                connection.setSoLinger(true, 0);
            };
            try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                    TestOrigin broken = TestOrigin.start(resetting);
                    TestProxy proxy = prepared(one);
                    RawClient client = proxy.connect()) {
                assertThat(tunnel(client, broken)).isEqualTo(200);
                reset.countDown();
                await().until(() -> proxy.closes().size() == 1);

                assertTunnelFits(proxy, origin);
            }
        }

        @ParameterizedTest
        @EnumSource
        void connectThatBecomesNoTunnel_givesThePlaceBack(Ending ending) throws IOException {
            try (FullBacklog deaf = new FullBacklog();
                    TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                    TestProxy proxy = prepared(one)) {
                ending.happen(proxy, deaf, "CONNECT TARGET HTTP/1.1\r\nHost: x\r\n\r\n");
                await().until(() -> proxy.requestsInWork() == 0);

                assertTunnelFits(proxy, origin);
                assertThat(proxy.total(Metric.CONNECTION_ATTEMPTS)).isEqualTo(ending == Ending.DIAL_REFUSED ? 2 : 1);
                assertThat(ending.isBeforeTheDial())
                        .isEqualTo(proxy.measurements().stream()
                                        .filter(each -> each.metric() == Metric.PROXY_DURATION)
                                        .count()
                                == 1);
            }
        }

        private void assertTunnelFits(TestProxy proxy, TestOrigin origin) {
            try (RawClient next = proxy.connect()) {
                assertThat(tunnel(next, origin)).isEqualTo(200);
                assertThat(proxy.total(Metric.TUNNELS_CONCURRENCY_LIMITED)).isZero();
            }
        }
    }

    private static TestProxy limited(LimitOptions limits) {
        return TestProxy.start(builder -> builder.limits(limits));
    }

    private static TestProxy prepared(LimitOptions limits) {
        TestProxy proxy = limited(limits);
        proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
        proxy.dns().answer("private.allowed.test", "10.0.0.1");
        proxy.dns().drop("silent.allowed.test");
        return proxy;
    }

    private static TestOrigin.Behaviour answeringWhenAllowed(Semaphore answers) {
        return connection -> {
            while (!TestOrigin.readHead(connection.getInputStream()).isEmpty()) {
                assertThat(answers.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
                connection.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(US_ASCII));
            }
        };
    }

    private static String request(String authority) {
        return "GET http://" + authority + "/ HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    private static String connect(String authority) {
        return "CONNECT " + authority + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    private static HttpReply get(RawClient client, String authority) {
        return HttpReply.read(client.send(request(authority)));
    }

    private static int tunnel(RawClient client, TestOrigin origin) {
        return HttpReply.readHead(client.send(connect(NAME + ":" + origin.port())))
                .status();
    }

    /** {@return the status of the answer on a connection of its own} */
    private static int status(TestProxy proxy, String request) {
        try (RawClient client = proxy.connect()) {
            return HttpReply.read(client.send(request)).status();
        }
    }

    /** {@return the highest number of requests in work that the gauge showed} */
    private static double most(TestProxy proxy) {
        return proxy.measurements().stream()
                .filter(each -> each.metric() == Metric.REQUESTS_CONCURRENT)
                .mapToDouble(TestProxy.Measurement::value)
                .max()
                .orElse(0);
    }
}
