package io.smokescreen.internal.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.internal.relay.PlainHttp.Keeping;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Upgrades through plain HTTP: WebSocket passes (RFC 6455 §4), nothing else does. */
class WebSocketTest {

    private static final String[] HANDSHAKE = {
        "Upgrade: websocket",
        "Connection: keep-alive, Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13"
    };

    private static final String SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket"
            + "\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    private static final TestOrigin.Behaviour ECHO = connection -> {
        String head = TestOrigin.readHead(connection.getInputStream());
        assertThat(head)
                .contains("connection: upgrade\r\n", "upgrade: websocket\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub2");
        connection.getOutputStream().write((SWITCHING + "\u0081\u0005early").getBytes(ISO_8859_1));
        TestOrigin.echo(connection);
    };

    @Test
    void upgrade_carriesFramesBothWays_fromTheFirstByteOn() throws Exception {
        try (PlainHttp http = PlainHttp.to(ECHO);
                RawClient client = http.client()) {
            client.send(http.get("/chat", HANDSHAKE) + "\u0081\u0001a");

            String head = client.readHead();
            assertThat(head)
                    .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                    .contains("upgrade: websocket\r\n", "connection: upgrade\r\n")
                    .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
            assertThat(client.read(10)).asString(ISO_8859_1).isEqualTo("\u0081\u0005early\u0081\u0001a");
            client.send("\u0082\u0003\0\r\n").halfClose();
            assertThat(client.readAll()).asString(ISO_8859_1).isEqualTo("\u0082\u0003\0\r\n");
            assertThat(http.origin().failures()).isEmpty();
            await().until(() -> http.proxy().closes().size() == 1);
            assertThat(http.proxy().decisions()).hasSize(1);
            assertThat(http.proxy().decisions().get(0))
                    .containsAllEntriesOf(Map.of("proxy_type", "http", "allow", true));
            assertThat(http.proxy().closes().get(0)).containsEntry("proxy_type", "http");
            await().until(() -> http.requestsInWork() == 0);
        }
    }

    @Test
    void refusedUpgrade_staysHttp() throws Exception {
        Keeping origin = PlainHttp.answering(head -> "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno");
        try (PlainHttp http = PlainHttp.to(origin);
                RawClient client = http.client()) {
            client.send(http.get("/chat", HANDSHAKE));
            assertThat(PlainHttp.body(client.readHead(), client).content()).isEqualTo("no");
            client.send(http.get("/next"));
            assertThat(PlainHttp.body(client.readHead(), client).content()).isEqualTo("no");
            assertThat(origin.heads()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Upgrade: websocket", "Upgrade: h2c\r\nConnection: Upgrade", "Accept: x"})
    void switch_thatWasNotAskedFor_isABadGateway(String fields) throws Exception {
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering(SWITCHING))) {
            assertThat(http.answerTo(http.get("/", fields, "Connection: close")))
                    .startsWith("HTTP/1.1 502 Bad gateway\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Upgrade: h2c", "X: 1", "Upgrade: websocket\r\nUpgrade: h2c"})
    void switch_toAnotherProtocol_isABadGateway(String fields) throws Exception {
        String switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n" + fields + "\r\n\r\n";
        try (PlainHttp http = PlainHttp.to(TestOrigin.answering(switching));
                RawClient client = http.client()) {
            client.send(http.get("/", HANDSHAKE));
            assertThat(client.readHead()).startsWith("HTTP/1.1 502 Bad gateway\r\n");
        }
    }

    @Test
    void otherUpgrades_areNotForwarded() throws Exception {
        Keeping origin = PlainHttp.answering(head -> "HTTP/1.1 200 OK\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n");
        try (PlainHttp http = PlainHttp.to(origin)) {
            String answer = http.answerTo(http.get(
                    "/", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk", "Connection: Upgrade, HTTP2-Settings, close"));
            assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").doesNotContainIgnoringCase("upgrade");
            assertThat(origin.onlyHead()).doesNotContainIgnoringCase("upgrade", "settings");
        }
    }
}
