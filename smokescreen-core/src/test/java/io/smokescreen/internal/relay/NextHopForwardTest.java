package io.smokescreen.internal.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.NextHopOptions;
import io.smokescreen.api.AclDecision;
import io.smokescreen.api.NextHop;
import io.smokescreen.internal.relay.PlainHttp.Keeping;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import io.smokescreen.testing.TestTls;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain HTTP through a next hop, which is a server here that shows what it gets. */
class NextHopForwardTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String INTERNAL = "127.0.0.3";

    private final Keeping requests = PlainHttp.answering(head -> OK);
    private TestOrigin hop = TestOrigin.startOn(INTERNAL, requests);

    @AfterEach
    void close() throws IOException {
        hop.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, http://a.allowed.test/p?q=%2f, http://a.allowed.test/p?q=%2f, a.allowed.test",
        "GET, http://A.Allowed.Test., http://a.allowed.test/, a.allowed.test",
        "GET, http://a.allowed.test:8080/, http://a.allowed.test:8080/, a.allowed.test:8080",
        "GET, http://9.9.9.9/, http://9.9.9.9/, 9.9.9.9",
        "OPTIONS, http://a.allowed.test, http://a.allowed.test, a.allowed.test",
        "OPTIONS, http://a.allowed.test/, http://a.allowed.test/, a.allowed.test",
    })
    void target_isAbsolute(String method, String target, String forwarded, String host) {
        try (TestProxy proxy = start("http://" + INTERNAL)) {
            assertThat(ask(proxy, method + " " + target + " HTTP/1.1").status()).isEqualTo(200);

            assertThat(requests.onlyHead())
                    .startsWith(method + " " + forwarded + " HTTP/1.1\r\n")
                    .containsOnlyOnce("ost: " + host + "\r\n")
                    .doesNotContainIgnoringCase("authorization");
        }
    }

    @Test
    void credentials_areThoseOfTheNextHop_notTheClients() {
        String expected = Base64.getEncoder().encodeToString("me:s\u00e4cret".getBytes(UTF_8));
        try (TestProxy proxy = start("http://me:s%C3%A4cret@" + INTERNAL)) {
            ask(proxy, "GET http://a.allowed.test/ HTTP/1.1", "Proxy-Authorization: Basic Y2xpZW50OnB3", "X-Kept: 1");

            assertThat(requests.onlyHead())
                    .contains("roxy-authorization: Basic " + expected + "\r\n")
                    .contains("X-Kept: 1\r\n")
                    .doesNotContain("Y2xpZW50OnB3");
            assertThat(proxy.decisions().toString() + proxy.closes()).doesNotContain(expected);
        }
    }

    @Test
    void body_goesAlong() {
        try (TestProxy proxy = start("http://" + INTERNAL);
                RawClient client = proxy.connect()) {
            String head = "POST http://a.allowed.test/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
            client.send(head).send("5\r\nhello\r\n0\r\n\r\n");

            assertThat(HttpReply.read(client).body()).isEqualTo("ok");
            assertThat(requests.bodies()).extracting(PlainHttp.Body::content).containsExactly("hello");
        }
    }

    @Test
    void connection_isUsedAgain_forTheSameDestinationOnly() {
        try (TestProxy proxy = start("http://" + INTERNAL);
                RawClient client = proxy.connect()) {
            for (String host : List.of("a", "a", "b")) {
                client.send("GET http://" + host + ".allowed.test/ HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(HttpReply.read(client).body()).isEqualTo("ok");
            }

            assertThat(hop.accepted()).isEqualTo(2);
        }
    }

    @Test
    void status407_isTheNextHopsOwn_andBecomesA502() throws IOException {
        answerWith(
                "HTTP/1.1 407 Authenticate\r\nProxy-Authenticate: Basic realm=\"hop\"\r\nContent-Length: 6\r\n\r\nsecret");
        try (TestProxy proxy = start("http://u:wrong@" + INTERNAL)) {
            HttpReply reply = ask(proxy, "GET http://a.allowed.test/ HTTP/1.1");

            assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 502 Bad gateway");
            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("next-hop-failed");
            assertThat(reply.body())
                    .isEqualTo("Failed to connect to remote host: next hop http://" + INTERNAL + ":" + hop.port()
                            + " answered with status 407");
            assertThat(reply.header("Proxy-Authenticate")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 502, 503})
    void anyOtherStatus_mayBeTheOrigins_andReachesTheClient(int status) throws IOException {
        answerWith("HTTP/1.1 " + status + " Some\r\nX-Squid-Error: x\r\nContent-Length: 4\r\n\r\nbody");
        try (TestProxy proxy = start("http://" + INTERNAL)) {
            HttpReply reply = ask(proxy, "GET http://a.allowed.test/ HTTP/1.1");

            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.body()).isEqualTo("body");
            assertThat(reply.header("X-Smokescreen-Error-Code")).isEmpty();
        }
    }

    @Test
    void status407OfAnOrigin_isPassedOn_whereThereIsNoNextHop() throws IOException {
        try (TestOrigin origin = TestOrigin.start(
                        TestOrigin.answering("HTTP/1.1 407 Odd\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
                TestProxy proxy = TestProxy.start()) {
            proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);

            HttpReply reply = ask(proxy, "GET http://a.allowed.test:" + origin.port() + "/ HTTP/1.1");

            assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 407 Odd");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void connectionOverTls_isUsedAgain_unlessAHookHadASayInIt(boolean hooked) throws Exception {
        TestCertificates authority = TestCertificates.create();
        hop.close();
        hop = TestOrigin.startOn(
                INTERNAL, TestTls.of(authority.server("hop.test")).then(requests));
        UnaryOperator<NextHopOptions> options = each -> {
            NextHopOptions trusting = each.withAuthorities(List.of(authority.certificate()));
            return hooked ? trusting.withTlsHook((request, nextHop, parameters) -> {}) : trusting;
        };
        try (TestProxy proxy = start("https://hop.test", options);
                RawClient client = proxy.connect()) {
            for (int i = 0; i < 2; i++) {
                client.send("GET http://a.allowed.test/ HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(HttpReply.read(client).body()).isEqualTo("ok");
            }

            assertThat(requests.heads()).hasSize(2);
            assertThat(hop.accepted()).isEqualTo(hooked ? 2 : 1);
        }
    }

    private void answerWith(String response) throws IOException {
        hop.close();
        hop = TestOrigin.startOn(INTERNAL, PlainHttp.answering(head -> response));
    }

    private TestProxy start(String urlWithoutPort) {
        return start(urlWithoutPort, UnaryOperator.identity());
    }

    private TestProxy start(String urlWithoutPort, UnaryOperator<NextHopOptions> more) {
        NextHop nextHop = NextHop.parse(urlWithoutPort + ":" + hop.port());
        TestProxy proxy = TestProxy.start(builder -> builder.aclPolicy(request -> AclDecision.allow("everything"))
                .nextHops(more.apply(NextHopOptions.defaults().withHttp(nextHop))));
        proxy.dns().answerAll(TestProxy.OPEN_ADDRESS).answer("hop.test", INTERNAL);
        return proxy;
    }

    private static HttpReply ask(TestProxy proxy, String line, String... fields) {
        try (RawClient client = proxy.connect()) {
            String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
            return HttpReply.read(client.send((line + "\r\nHost: x\r\n" + more + "\r\n").getBytes(ISO_8859_1)));
        }
    }
}
