package io.smokescreen;

import static io.smokescreen.MitmFixture.INSIDE;
import static io.smokescreen.MitmFixture.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.EgressEvent;
import io.smokescreen.api.EgressEvent.Decided;
import io.smokescreen.api.NextHop;
import io.smokescreen.api.RequestContext;
import io.smokescreen.api.RequestGate;
import io.smokescreen.api.ResponseDecorator;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The application's hooks where a request takes a longer way: inside of a tunnel, and through a next hop. */
class HooksOnTheWayTest {

    private final List<RequestContext> asked = new CopyOnWriteArrayList<>();
    private final List<InetSocketAddress> dialed = new CopyOnWriteArrayList<>();

    @Test
    void gate_isAskedForTheTunnelAndForEachRequestInside_andRefusesInside() throws Exception {
        RequestGate gate = request -> {
            asked.add(request);
            return request.request().headers().first("X-Bad").isPresent() ? Optional.of("bad") : Optional.empty();
        };
        try (MitmFixture fixture = MitmFixture.start(MitmFixture::echoHeads, builder -> builder.requestGate(gate));
                RawClient client = fixture.inside()) {
            HttpReply refused = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE), "X-Bad: yes");
            HttpReply passed = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at("other.allowed.test"));

            assertThat(refused.status()).isEqualTo(407);
            assertThat(refused.header("X-Smokescreen-Error-Code")).isEqualTo("gate-denied");
            assertThat(passed.status()).isEqualTo(200);
            assertThat(asked).extracting(each -> each.request().method()).containsExactly("CONNECT", "GET", "GET");
            assertThat(asked)
                    .extracting(each -> each.tunnel().map(Object::toString).orElse("none"))
                    .containsExactly("none", fixture.at(INSIDE), fixture.at(INSIDE));
            assertThat(asked.get(2).request().destination()).hasToString(fixture.at("other.allowed.test"));
            assertThat(asked).extracting(RequestContext::id).doesNotHaveDuplicates();
        }
    }

    @Test
    void responses_areDecorated_theTunnelsAndThoseInside() throws Exception {
        ResponseDecorator method =
                (request, response) -> Map.of("X-Method", request.request().method());
        try (MitmFixture fixture = MitmFixture.start(
                        MitmFixture::echoHeads,
                        builder -> builder.decorateAccepted(method)
                                .decorateRejected(method)
                                .addServerIpHeader(true));
                RawClient client = fixture.proxy().connect()) {
            client.send("CONNECT " + fixture.at(INSIDE) + " HTTP/1.1\r\nHost: x\r\n\r\n");
            HttpReply established = HttpReply.readHead(client);
            RawClient inside = client.startTls(fixture.clientTls(), "TLSv1.3");
            HttpReply accepted = ask(inside, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE));
            HttpReply rejected = ask(inside, "GET / HTTP/1.1", "Host: evil.test");

            assertThat(established.headers()).containsOnlyKeys("x-method");
            assertThat(established.header("X-Method")).isEqualTo("CONNECT");
            assertThat(accepted.header("X-Method")).isEqualTo("GET");
            assertThat(accepted.header("X-Server-Ip")).isEqualTo(TestProxy.OPEN_ADDRESS);
            assertThat(rejected.status()).isEqualTo(407);
            assertThat(rejected.header("X-Method")).isEqualTo("GET");
        }
    }

    @Test
    void decorationThatCannotBeSent_isRefusedInside_andTheTunnelStays() throws Exception {
        ResponseDecorator bad = (request, response) -> request.tunnel().isPresent()
                        && request.request().headers().first("X-Bad").isPresent()
                ? Map.of("X-A", "b\r\nX-Injected: c")
                : Map.of();
        try (MitmFixture fixture = MitmFixture.start(MitmFixture::echoHeads, builder -> builder.decorateAccepted(bad));
                RawClient client = fixture.inside()) {
            HttpReply refused = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE), "X-Bad: yes");
            HttpReply next = ask(client, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE));

            assertThat(refused.status()).isEqualTo(500);
            assertThat(refused.headers()).doesNotContainKey("x-injected");
            assertThat(next.status()).isEqualTo(200);
        }
    }

    @Test
    void listener_isToldOfWhatHappensInside() throws Exception {
        List<EgressEvent> events = new CopyOnWriteArrayList<>();
        try (MitmFixture fixture =
                MitmFixture.start(MitmFixture::echoHeads, builder -> builder.eventListener(events::add))) {
            try (RawClient client = fixture.inside()) {
                assertThat(ask(client, "GET / HTTP/1.1", "Host: " + fixture.at(INSIDE))
                                .status())
                        .isEqualTo(200);
            }
            await().until(() -> events.size() >= 2);

            Decided tunnel = (Decided) events.get(0);
            Decided inside = (Decided) events.get(1);
            assertThat(tunnel.context().orElseThrow().tunnel()).isEmpty();
            assertThat(inside.context().orElseThrow().tunnel()).hasToString("Optional[" + fixture.at(INSIDE) + "]");
            assertThat(inside.remote())
                    .contains(new InetSocketAddress(
                            TestProxy.OPEN_ADDRESS, fixture.origin().port()));
        }
    }

    @Test
    void dialer_opensTheConnectionsForRequestsInside() throws Exception {
        try (MitmFixture fixture =
                        MitmFixture.start(MitmFixture::echoHeads, builder -> builder.socketDialer(this::dial));
                RawClient client = fixture.inside()) {
            HttpReply reply = ask(client, "GET /p HTTP/1.1", "Host: " + fixture.at(INSIDE));

            assertThat(reply.body()).startsWith("GET /p ");
            assertThat(dialed)
                    .containsExactly(new InetSocketAddress(
                            TestProxy.OPEN_ADDRESS, fixture.origin().port()));
        }
    }

    @Test
    void dialer_isAskedForTheNextHop_andTheServerIsTheNextHop() throws Exception {
        String response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        try (TestOrigin hop = TestOrigin.startOn("127.0.0.5", TestOrigin.answering(response));
                TestProxy proxy = TestProxy.start(builder -> builder.socketDialer(this::dial)
                        .addServerIpHeader(true)
                        .nextHops(
                                NextHopOptions.defaults().withHttp(NextHop.parse("http://127.0.0.5:" + hop.port()))));
                RawClient client = proxy.connect()) {
            proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);
            client.send("GET http://a.allowed.test/ HTTP/1.1\r\nHost: x\r\n\r\n");

            HttpReply reply = HttpReply.read(client);

            assertThat(reply.body()).isEqualTo("ok");
            assertThat(reply.header("X-Server-Ip")).isEqualTo("127.0.0.5");
            assertThat(dialed).containsExactly(new InetSocketAddress("127.0.0.5", hop.port()));
        }
    }

    private CompletionStage<SocketChannel> dial(InetSocketAddress address) {
        dialed.add(address);
        return CompletableFuture.supplyAsync(() -> {
            try {
                return SocketChannel.open(address);
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
    }
}
