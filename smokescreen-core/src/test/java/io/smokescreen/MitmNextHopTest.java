package io.smokescreen;

import static io.smokescreen.MitmFixture.INSIDE;
import static io.smokescreen.MitmFixture.ask;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.NextHop;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.SecondProxy;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests inside of a tunnel that the proxy looks into, on their way through a next hop. */
class MitmNextHopTest {

    private static final String SWITCHED = """
            HTTP/1.1 101 Switching Protocols\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            \r
            """;

    @Test
    void request_goesThroughTheNextHopOfTlsTraffic_andTheOriginIsVerifiedBehindIt() throws Exception {
        try (SecondProxy hop = SecondProxy.on("127.0.0.1");
                MitmFixture fixture = MitmFixture.start(
                        MitmFixture::echoHeads,
                        builder -> builder.nextHops(NextHopOptions.defaults().withHttps(NextHop.parse(hop.url()))));
                RawClient client = fixture.inside()) {
            HttpReply passed = ask(client, "GET /p HTTP/1.1", "Host: " + fixture.at(INSIDE));
            HttpReply refused = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at("not.in.allowed.test"));

            assertThat(passed.body()).startsWith("GET /p HTTP/1.1").contains("X-Tenant: ours");
            assertThat(refused.header("X-Smokescreen-Error-Code")).isEqualTo("upstream-tls-failed");
            assertThat(hop.asked())
                    .extracting(request -> request.method() + " " + request.destination())
                    .containsExactly("CONNECT " + fixture.at(INSIDE), "CONNECT " + fixture.at("not.in.allowed.test"));
        }
    }

    @Test
    void nextHopOfTheConnect_isThatOfTheRequestsInside() throws Exception {
        String acl = MitmFixture.ACL + "  allowed_external_proxies: [127.0.0.2]\n";
        try (SecondProxy hop = SecondProxy.on(TestProxy.OPEN_ADDRESS);
                MitmFixture fixture = MitmFixture.start(
                        MitmFixture::echoHeads, builder -> builder.aclPolicy(Acl.fromYaml("mitm.yaml", acl)));
                RawClient client = fixture.proxy().connect()) {
            client.send("CONNECT " + fixture.at(INSIDE) + " HTTP/1.1\r\nHost: x\r\nX-Upstream-Https-Proxy: " + hop.url()
                    + "\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            RawClient inside = client.startTls(fixture.clientTls(), "TLSv1.3");

            assertThat(ask(inside, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE))
                            .status())
                    .isEqualTo(200);
            assertThat(hop.asked()).hasSize(1);
        }
    }

    @Test
    void webSocket_endsWellThroughTwoLayersOfTls() throws Exception {
        TestCertificates hops = TestCertificates.create("CN=hops");
        Identity identity = hops.server("hop.test");
        try (SecondProxy hop = SecondProxy.on(
                        TestProxy.OPEN_ADDRESS,
                        builder -> builder.tls(TlsOptions.of(identity.key(), identity.chain())));
                MitmFixture fixture = MitmFixture.start(
                        connection -> {
                            TestOrigin.readHead(connection.getInputStream());
                            connection.getOutputStream().write(SWITCHED.getBytes(ISO_8859_1));
                            connection
                                    .getOutputStream()
                                    .write(connection.getInputStream().readNBytes(5));
                        },
                        builder -> builder.nextHops(NextHopOptions.defaults()
                                .withHttps(NextHop.parse("https://hop.test:" + hop.port()))
                                .withAuthorities(List.of(hops.certificate()))));
                RawClient client = fixture.inside()) {
            client.send("GET /ws HTTP/1.1\r\nHost: " + fixture.at(INSIDE)
                    + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
            client.send("hello");

            assertThat(client.readAllText()).isEqualTo("hello");
            client.halfClose();
            await().untilAsserted(() -> assertThat(fixture.proxy().closes()) // the next hop's too: the log is one
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line).containsEntry("error", "")));
        }
    }
}
