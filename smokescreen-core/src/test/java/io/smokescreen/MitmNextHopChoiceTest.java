package io.smokescreen;

import static io.smokescreen.MitmFixture.INSIDE;
import static io.smokescreen.MitmFixture.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.NextHop;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.SecondProxy;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Which next hop requests inside of a tunnel and {@code https} URIs go through. */
class MitmNextHopChoiceTest {

    /** No rule allows it. */
    private static final String INTERNAL = "127.0.0.3";

    private static final Acl ACL = Acl.fromYaml(
            "mitm.yaml",
            MitmFixture.ACL.replace(
                    "project: fallback", "project: fallback\n  allowed_external_proxies: [127.0.0.2, 127.0.0.3]"));

    @Test
    void nextHopOfARequestInside_isItsOwn_andVettedAsAnyOther() throws Exception {
        try (SecondProxy hop = SecondProxy.on(TestProxy.OPEN_ADDRESS);
                TestOrigin canary = TestOrigin.startOn(INTERNAL, Socket::close);
                MitmFixture fixture = start(builder -> {});
                RawClient inside = tunnel(fixture, "X-Upstream-Https-Proxy: " + hop.url() + "\r\n")) {
            String host = "Host: " + fixture.at(INSIDE);
            HttpReply internal = ask(
                    inside, "GET / HTTP/1.1", host, "X-Upstream-Https-Proxy: http://" + INTERNAL + ":" + canary.port());
            HttpReply notAllowed = ask(inside, "GET / HTTP/1.1", host, "X-Upstream-Https-Proxy: http://127.0.0.9:1");
            HttpReply noUrl = ask(inside, "GET / HTTP/1.1", host, "X-Upstream-Https-Proxy: direct");

            assertThat(internal.header("X-Smokescreen-Error-Code")).isEqualTo("address-denied");
            assertThat(notAllowed.header("X-Smokescreen-Error-Code")).isEqualTo("acl-denied");
            assertThat(noUrl.header("X-Smokescreen-Error-Code")).isEqualTo("next-hop-invalid");
            assertThat(canary.accepted()).isZero();
            assertThat(hop.asked()).isEmpty();
            assertThat(fixture.origin().accepted()).isZero();
        }
    }

    @Test
    void nextHopOfTheConnect_thatIsNotAllowedForAnotherHost_isNotUsedForIt() throws Exception {
        Acl withoutNextHops = Acl.fromYaml("mitm.yaml", MitmFixture.ACL);
        try (SecondProxy hop = SecondProxy.on(TestProxy.OPEN_ADDRESS);
                MitmFixture fixture = start(builder -> builder.aclPolicy(
                        request -> request.destination().host().text().equals(INSIDE)
                                ? ACL.decide(request)
                                : withoutNextHops.decide(request)));
                RawClient inside = tunnel(fixture, "X-Upstream-Https-Proxy: " + hop.url() + "\r\n")) {
            HttpReply other = ask(inside, "GET / HTTP/1.1", "Host: " + fixture.at("other.allowed.test"));

            assertThat(other.status()).isEqualTo(407);
            assertThat(other.body()).contains("connect proxy host not allowed in rule");
            assertThat(hop.asked()).isEmpty();
        }
    }

    @Test
    void configuredNextHop_isForRequestsInside_andForHttpsUris() throws Exception {
        try (SecondProxy hop = SecondProxy.on(INTERNAL);
                MitmFixture fixture = start(
                        builder -> builder.nextHops(NextHopOptions.defaults().withHttps(NextHop.parse(hop.url()))));
                RawClient inside = tunnel(fixture, "");
                RawClient plain = fixture.proxy().connect()) {
            HttpReply first = ask(inside, "GET /1 HTTP/1.1", "Host: " + fixture.at(INSIDE));
            HttpReply second = ask(plain, "GET https://" + fixture.at("plain.allowed.test") + "/2 HTTP/1.1", "Host: x");

            assertThat(first.body()).startsWith("GET /1 HTTP/1.1\r\n");
            assertThat(second.body()).startsWith("GET /2 HTTP/1.1\r\n");
            assertThat(hop.asked())
                    .extracting(asked -> asked.method() + " " + asked.destination())
                    .containsExactly("CONNECT " + fixture.at(INSIDE), "CONNECT " + fixture.at("plain.allowed.test"));
        }
    }

    @Test
    void selector_isAskedForEachRequestInside_andOutranksTheNextHopOfTheConnect() throws Exception {
        try (SecondProxy selected = SecondProxy.on(INTERNAL);
                SecondProxy ofConnect = SecondProxy.on(TestProxy.OPEN_ADDRESS);
                MitmFixture fixture = start(builder -> builder.nextHops(NextHopOptions.defaults()
                        .withSelector(context ->
                                context.request().destination().host().text().equals(INSIDE)
                                                && !context.request().method().equals("CONNECT")
                                        ? Optional.of(NextHop.parse(selected.url()))
                                        : Optional.empty())));
                RawClient inside = tunnel(fixture, "X-Upstream-Https-Proxy: " + ofConnect.url() + "\r\n")) {
            HttpReply first = ask(inside, "GET /1 HTTP/1.1", "Host: " + fixture.at(INSIDE));
            HttpReply second = ask(inside, "GET /2 HTTP/1.1", "Host: " + fixture.at("plain.allowed.test"));

            assertThat(first.body()).startsWith("GET /1 HTTP/1.1\r\n");
            assertThat(second.body()).startsWith("GET /2 HTTP/1.1\r\n");
            assertThat(selected.asked())
                    .extracting(asked -> asked.destination().toString())
                    .containsExactly(fixture.at(INSIDE));
            assertThat(ofConnect.asked())
                    .extracting(asked -> asked.destination().toString())
                    .containsExactly(fixture.at("plain.allowed.test"));
        }
    }

    @Test
    void noProxy_isForRequestsInside_byTheHostThatTheyAskFor() throws Exception {
        try (SecondProxy hop = SecondProxy.on(INTERNAL);
                MitmFixture fixture = start(builder -> builder.nextHops(NextHopOptions.defaults()
                        .withEnvironment(Map.of("HTTPS_PROXY", hop.url(), "NO_PROXY", INSIDE))));
                RawClient inside = tunnel(fixture, "")) {
            HttpReply direct = ask(inside, "GET /1 HTTP/1.1", "Host: " + fixture.at(INSIDE));
            HttpReply through = ask(inside, "GET /2 HTTP/1.1", "Host: " + fixture.at("plain.allowed.test"));

            assertThat(direct.body()).startsWith("GET /1 HTTP/1.1\r\n");
            assertThat(through.body()).startsWith("GET /2 HTTP/1.1\r\n");
            assertThat(hop.asked())
                    .extracting(asked -> asked.destination().toString())
                    .containsExactly(fixture.at("plain.allowed.test"));
        }
    }

    @Test
    void vettedAddress_isWhatTheNextHopConnectsTo_whileTheOriginIsVerifiedByName() throws Exception {
        try (SecondProxy hop = SecondProxy.on(INTERNAL);
                MitmFixture fixture = start(builder -> builder.nextHops(NextHopOptions.defaults()
                        .withHttps(NextHop.parse(hop.url()))
                        .withVettedAddressSent(true)));
                RawClient inside = tunnel(fixture, "")) {
            HttpReply reply = ask(inside, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE));

            assertThat(reply.body()).contains("host: " + fixture.at(INSIDE));
            assertThat(hop.asked())
                    .singleElement()
                    .satisfies(asked -> assertThat(asked.destination())
                            .hasToString(TestProxy.OPEN_ADDRESS + ":"
                                    + fixture.origin().port()));
        }
    }

    private static MitmFixture start(Consumer<SmokescreenBuilder> customize) throws Exception {
        return MitmFixture.start(MitmFixture::echoHeads, builder -> customize.accept(builder.aclPolicy(ACL)));
    }

    private static RawClient tunnel(MitmFixture fixture, String fields) throws Exception {
        RawClient client = fixture.proxy().connect();
        client.send("CONNECT " + fixture.at(INSIDE) + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
        assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
        return client.startTls(fixture.clientTls(), "TLSv1.3");
    }
}
