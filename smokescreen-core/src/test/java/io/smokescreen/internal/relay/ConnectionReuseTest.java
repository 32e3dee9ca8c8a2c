package io.smokescreen.internal.relay;

import static io.smokescreen.internal.relay.PlainHttp.answering;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.AddressRules;
import io.smokescreen.LimitOptions;
import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AddressVerdict;
import io.smokescreen.internal.relay.PlainHttp.Keeping;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a connection to an origin carries another request, and when it must not (design rule 7). */
class ConnectionReuseTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String DENIED = "HTTP/1.1 407 Request rejected by proxy\r\n";
    private static final String BAD_GATEWAY = "HTTP/1.1 502 Bad gateway\r\n";

    /** Idle connections belong to an event loop. */
    private static void oneLoop(SmokescreenBuilder builder) {
        builder.eventLoopThreads(1);
    }

    @Test
    void sameRoleHostAndAddress_shareAConnection_andOneCloseLine() throws Exception {
        Keeping origin = answering(head -> OK);
        try (PlainHttp http = PlainHttp.to(origin, ConnectionReuseTest::oneLoop)) {
            for (int i = 0; i < 5; i++) {
                succeed(http, http.get("/"));
            }
            assertThat(http.origin().accepted()).isEqualTo(1);
            assertThat(http.proxy().decisions()).hasSize(5);
            assertThat(http.proxy().closes()).isEmpty();
            http.origin().close();
            await().until(() -> http.proxy().closes().size() == 1);
        }
    }

    @Test
    void noPlaceForIdleConnections_meansANewOneEachTime() throws Exception {
        try (PlainHttp http = PlainHttp.to(
                        PlainHttp.answering(head -> "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
                        builder -> builder.limits(LimitOptions.defaults().withMaxIdleConnectionsPerHost(0)));
                RawClient client = http.client()) {
            assertThat(client.send(http.get("/")).readHead()).startsWith("HTTP/1.1 200 OK");
            assertThat(client.send(http.get("/")).readHead()).startsWith("HTTP/1.1 200 OK");

            assertThat(http.origin().accepted()).isEqualTo(2);
            await().until(() -> http.proxy().closes().size() == 2);
        }
    }

    @Test
    void otherRole_getsAConnectionOfItsOwn() throws Exception {
        try (PlainHttp http = PlainHttp.to(
                answering(head -> OK),
                builder -> builder.eventLoopThreads(1)
                        .roleExtractor(request -> request.headers().first("Authorization")))) {
            for (String role : new String[] {"known", "other", "known", "other", ""}) {
                succeed(http, http.get("/", role.isEmpty() ? "Accept: x" : "Authorization: " + role));
            }
            assertThat(http.origin().accepted()).isEqualTo(3);
        }
    }

    @Test
    void otherHost_getsAConnectionOfItsOwn() throws Exception {
        try (PlainHttp http = PlainHttp.to(answering(head -> OK), ConnectionReuseTest::oneLoop)) {
            succeed(http, http.get("/"));
            succeed(http, http.get("/").replace(PlainHttp.HOST, "b.allowed.test"));
            assertThat(http.origin().accepted()).isEqualTo(2);
        }
    }

    @Test
    void otherPort_getsAConnectionOfItsOwn() throws Exception {
        try (PlainHttp http = PlainHttp.to(answering(head -> OK), ConnectionReuseTest::oneLoop);
                TestOrigin other = TestOrigin.start(answering(head -> OK))) {
            succeed(http, http.get("/"));
            succeed(http, http.get("/").replace(":" + http.origin().port(), ":" + other.port()));
            assertThat(http.origin().accepted()).isEqualTo(1);
            assertThat(other.accepted()).isEqualTo(1);
        }
    }

    @Test
    void otherAddressInDns_isConnectedTo_thoughAConnectionWaits() throws Exception {
        try (PlainHttp http = PlainHttp.to(
                answering(head -> OK),
                builder -> builder.eventLoopThreads(1)
                        .addressRules(
                                AddressRules.builder().allowRange("127.0.0.0/8").build()))) {
            http.proxy().dns().answerFor(0, PlainHttp.HOST, TestProxy.OPEN_ADDRESS);
            succeed(http, http.get("/"));
            http.proxy().dns().answerFor(0, PlainHttp.HOST, "127.0.0.3");
            try (RawClient client = http.client()) {
                assertThat(client.send(http.get("/")).readHead()).startsWith(BAD_GATEWAY);
            }
            assertThat(http.origin().accepted()).isEqualTo(1);
        }
    }

    @Test
    void aclThatNowDenies_isHonoured_thoughAConnectionWaits() throws Exception {
        AtomicBoolean open = new AtomicBoolean(true);
        Keeping origin = answering(head -> OK);
        try (PlainHttp http = PlainHttp.to(
                origin,
                builder -> builder.eventLoopThreads(1)
                        .aclPolicy(request -> open.get() ? AclDecision.allow("open") : AclDecision.deny("shut")))) {
            succeed(http, http.get("/"));
            open.set(false);
            try (RawClient client = http.client()) {
                assertThat(client.send(http.get("/")).readHead()).startsWith(DENIED);
            }
            assertThat(origin.heads()).hasSize(1);
        }
    }

    @Test
    void addressThatIsNowDenied_isHonoured_thoughAConnectionWaits() throws Exception {
        AtomicBoolean open = new AtomicBoolean(true);
        Keeping origin = answering(head -> OK);
        try (PlainHttp http = PlainHttp.to(
                origin,
                builder -> builder.eventLoopThreads(1)
                        .addressRules(AddressRules.defaults())
                        .addressFilter((address, port) -> open.get()
                                ? AddressVerdict.ALLOW_USER_CONFIGURED
                                : AddressVerdict.DENY_USER_CONFIGURED))) {
            succeed(http, http.get("/"));
            open.set(false);
            try (RawClient client = http.client()) {
                assertThat(client.send(http.get("/")).readHead()).startsWith(DENIED);
            }
            assertThat(origin.heads()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: x, Close\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nx",
                "HTTP/1.1 204 No Content\r\n\r\nbody",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nbody",
            })
    void connectionThatDidNotEndPerfectly_isClosed(String answer) throws Exception {
        try (PlainHttp http = PlainHttp.to(answering(head -> answer), ConnectionReuseTest::oneLoop)) {
            for (int i = 1; i <= 2; i++) {
                int closed = i;
                try (RawClient client = http.client()) {
                    String head = client.send(http.get("/")).readHead();
                    assertThat(head).containsPattern("^HTTP/1.1 (200|204|304) ");
                    if (head.startsWith("HTTP/1.1 200 ")) {
                        assertThat(PlainHttp.body(head, client).content()).isEqualTo("ok");
                    }
                    await().until(() -> http.proxy().closes().size() == closed);
                }
            }
            assertThat(http.origin().accepted()).isEqualTo(2);
        }
    }

    @Test
    void closeDelimitedAnswer_endsItsConnection() throws Exception {
        try (PlainHttp http =
                PlainHttp.to(TestOrigin.answering("HTTP/1.1 200 OK\r\n\r\nok"), ConnectionReuseTest::oneLoop)) {
            for (int i = 0; i < 2; i++) {
                try (RawClient client = http.client()) {
                    String head = client.send(http.get("/")).readHead();
                    assertThat(PlainHttp.body(head, client).content()).isEqualTo("ok");
                }
            }
            assertThat(http.origin().accepted()).isEqualTo(2);
        }
    }

    @Test
    void bytesThatComeUnasked_endAWaitingConnection() throws Exception {
        TestOrigin.Behaviour chatty = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            write(connection, OK);
            await().until(() -> connection.getInputStream().available() == 0);
            write(connection, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\n\r\nevil");
            assertThat(connection.getInputStream().read()).isEqualTo(-1);
        };
        try (PlainHttp http = PlainHttp.to(chatty, ConnectionReuseTest::oneLoop)) {
            succeed(http, http.get("/"));
            await().until(() -> http.proxy().closes().size() == 1);
        }
    }

    @Test
    void abandonedExchange_endsItsConnection() throws Exception {
        AtomicInteger number = new AtomicInteger();
        TestOrigin.Behaviour slowFirst = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            if (number.incrementAndGet() > 1) {
                write(connection, OK);
            }
            connection.getInputStream().readAllBytes();
        };
        try (PlainHttp http = PlainHttp.to(slowFirst, ConnectionReuseTest::oneLoop)) {
            try (RawClient client = http.client()) {
                client.send(http.get("/"));
                await().until(() -> number.get() == 1);
                client.reset();
            }
            await().until(() -> http.proxy().closes().size() == 1);
            succeed(http, http.get("/"));
            assertThat(http.origin().accepted()).isEqualTo(2);
            await().until(() -> http.requestsInWork() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NTLM TlRMTVNTUAAB", "negotiate YII"})
    void connectionThatAuthenticatesItsUser_isNotShared(String credentials) throws Exception {
        try (PlainHttp http = PlainHttp.to(answering(head -> OK), ConnectionReuseTest::oneLoop)) {
            succeed(http, http.get("/", "Authorization: " + credentials));
            succeed(http, http.get("/"));
            assertThat(http.origin().accepted()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS"})
    void connectionThatDiesUnderARepeatableRequest_isReplaced(String method) throws Exception {
        try (PlainHttp http = PlainHttp.to(servesOnceThenClosesOnTheNext(), ConnectionReuseTest::oneLoop)) {
            succeed(http, http.get("/"));
            try (RawClient client = http.client()) {
                assertThat(client.send(http.head(method, "/2")).readHead()).startsWith("HTTP/1.1 200 OK\r\n");
            }
            assertThat(http.origin().accepted()).isEqualTo(2);
            assertThat(http.proxy().decisions()).hasSize(2);
            await().until(() -> !http.proxy().closes().isEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
    void connectionThatDiesUnderAnotherRequest_isABadGateway(String method) throws Exception {
        try (PlainHttp http = PlainHttp.to(servesOnceThenClosesOnTheNext(), ConnectionReuseTest::oneLoop)) {
            succeed(http, http.get("/"));
            try (RawClient client = http.client()) {
                client.send(http.head(method, "/2", "Content-Length: 2") + "hi");
                assertThat(client.readHead()).startsWith(BAD_GATEWAY);
            }
            assertThat(http.origin().accepted()).isEqualTo(1);
        }
    }

    @Test
    void connectionThatDiesInTheMiddleOfAnAnswer_isNotReplaced() throws Exception {
        TestOrigin.Behaviour breaksOff = connection -> {
            TestOrigin.readHead(connection.getInputStream());
            write(connection, OK);
            TestOrigin.readHead(connection.getInputStream());
            write(connection, "HTTP/1.1 2");
        };
        try (PlainHttp http = PlainHttp.to(breaksOff, ConnectionReuseTest::oneLoop)) {
            succeed(http, http.get("/"));
            try (RawClient client = http.client()) {
                assertThat(client.send(http.get("/")).readHead()).startsWith(BAD_GATEWAY);
            }
            assertThat(http.origin().accepted()).isEqualTo(1);
        }
    }

    @Test
    void freshConnectionThatDies_isNotTriedAgain() throws Exception {
        try (PlainHttp http = PlainHttp.to(
                connection -> TestOrigin.readHead(connection.getInputStream()), ConnectionReuseTest::oneLoop)) {
            try (RawClient client = http.client()) {
                assertThat(client.send(http.get("/")).readHead()).startsWith(BAD_GATEWAY);
            }
            assertThat(http.origin().accepted()).isEqualTo(1);
        }
    }

    @Test
    void closeOfTheProxy_closesWaitingConnections() throws Exception {
        AtomicInteger ended = new AtomicInteger();
        TestOrigin.Behaviour countsEnds = connection -> {
            try {
                answering(head -> OK).serve(connection);
            } finally {
                ended.incrementAndGet(); // by FIN or by RST
            }
        };
        try (PlainHttp http = PlainHttp.to(countsEnds, ConnectionReuseTest::oneLoop)) {
            succeed(http, http.get("/"));
            http.proxy().smokescreen().close();
            assertThat(http.proxy().closes()).hasSize(1);
            await().until(() -> ended.get() == 1);
        }
    }

    private static TestOrigin.Behaviour servesOnceThenClosesOnTheNext() {
        AtomicInteger connections = new AtomicInteger();
        return connection -> {
            boolean first = connections.incrementAndGet() == 1;
            TestOrigin.readHead(connection.getInputStream());
            write(connection, OK);
            TestOrigin.readHead(connection.getInputStream());
            if (!first) {
                write(connection, OK);
            }
        };
    }

    /** Sends a request on a client connection of its own, and reads the answer until the proxy has put its own away. */
    private static void succeed(PlainHttp http, String request) {
        try (RawClient client = http.client()) {
            String head = client.send(request).readHead();
            assertThat(head).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(PlainHttp.body(head, client).content()).isEqualTo("ok");
        }
        await().until(() -> http.requestsInWork() == 0);
    }

    private static void write(Socket connection, String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(ISO_8859_1));
    }
}
