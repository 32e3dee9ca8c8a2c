package io.smokescreen.internal.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RequestDecoderTest {

    private static final String GET = "GET http://a.test/1 HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private static final String POST = "POST http://a.test/2 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nBODY";
    private static final String CHUNKED = "PUT http://a.test/3 HTTP/1.1~Host: a.test~Transfer-Encoding: chunked~~"
            .concat("4;x=\"a;b\"~BODY~00a~0123456789~0~X-Sum: 1~~")
            .replace("~", "\r\n");
    private static final String CONNECT = "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n";

    @Test
    void requestsOfAnyFraming_haveTheSameSequence() {
        try (ClientStream client = ClientStream.eager()) {
            assertThat(client.send(GET + POST + CHUNKED + GET).events())
                    .containsExactly(
                            "GET http://a.test/1",
                            "end",
                            "POST http://a.test/2",
                            "body BODY",
                            "end",
                            "PUT http://a.test/3",
                            "body BODY0123456789",
                            "end [X-Sum=1]",
                            "GET http://a.test/1",
                            "end");
        }
    }

    @Test
    void pipelinedRequest_waitsForProceed() {
        try (ClientStream client = ClientStream.manual()) {
            assertThat(client.send(GET + POST).events()).containsExactly("GET http://a.test/1");
            assertThat(client.decoder().heldBytes()).isEqualTo(POST.length());
            assertThat(client.proceed().events()).containsExactly("end");
            assertThat(client.proceed().events()).containsExactly("POST http://a.test/2");
            assertThat(client.decoder().heldBytes()).isEqualTo(4);
            assertThat(client.proceed().events()).containsExactly("body BODY", "end");
            assertThat(client.decoder().heldBytes()).isZero();
        }
    }

    @Test
    void thousandsOfPipelinedRequests_doNotNest() {
        try (ClientStream client = ClientStream.eager()) {
            assertThat(client.send(GET.repeat(20_000)).events()).hasSize(40_000);
        }
    }

    @Test
    void proceed_withNothingHeld_isABug() {
        try (ClientStream client = ClientStream.manual()) {
            assertThatThrownBy(client::proceed).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void bytesAfterConnect_comeOutRaw_whenTheDecoderIsRemoved() {
        try (ClientStream client = ClientStream.manual()) {
            assertThat(client.send(CONNECT + "\u0016\u0003\u0001").send(GET).events())
                    .containsExactly("CONNECT a.test:443");
            assertThat(client.removeDecoder().events()).containsExactly("raw \u0016\u0003\u0001" + GET);
            assertThat(client.send("more").events()).containsExactly("raw more");
        }
    }

    @Test
    void bytesAfterConnect_comeOutRaw_whenTheDecoderIsRemovedAtOnce() {
        try (ClientStream client = ClientStream.eager()) {
            assertThat(client.send(CONNECT + GET).events()).containsExactly("CONNECT a.test:443", "raw " + GET);
        }
    }

    @Test
    void connectAfterAPipelinedRequest_keepsItsEarlyData() {
        try (ClientStream client = ClientStream.eager()) {
            assertThat(client.send(GET + CHUNKED + CONNECT + "early").events())
                    .endsWith("end [X-Sum=1]", "CONNECT a.test:443", "raw early");
        }
    }

    @Test
    void connectHeldBehindARequest_keepsItsEarlyData() {
        try (ClientStream client = ClientStream.manual()) {
            client.send(GET + CONNECT + "early").proceed().proceed().removeDecoder();
            assertThat(client.events())
                    .containsExactly("GET http://a.test/1", "end", "CONNECT a.test:443", "raw early");
        }
    }

    @Test
    void megabyteOfEarlyData_isKeptInOrder() {
        StringBuilder sent = new StringBuilder();
        try (ClientStream client = ClientStream.manual()) {
            client.send(CONNECT);
            for (int i = 0; sent.length() < 1 << 20; i++) {
                String piece = i + ",".repeat(i % 1000);
                sent.append(piece);
                client.send(piece);
            }
            assertThat(client.decoder().heldBytes()).isEqualTo(sent.length());
            client.events();
            assertThat(client.removeDecoder().events()).containsExactly("raw " + sent);
        }
    }

    @Test
    void earlyData_survivesTheClientsFin() {
        try (ClientStream client = ClientStream.manual()) {
            client.send(CONNECT + "early").shutDownOutput();
            assertThat(client.decoder().isInputClosed()).isTrue();
            assertThat(client.removeDecoder().events()).containsExactly("CONNECT a.test:443", "raw early");
        }
    }

    @Test
    void heldRequests_surviveTheClientsFin() {
        try (ClientStream client = ClientStream.manual()) {
            client.send(GET + POST).shutDownOutput();
            assertThat(client.decoder().isExhausted()).isFalse();
            client.proceed().proceed().proceed();
            assertThat(client.events())
                    .containsExactly("GET http://a.test/1", "end", "POST http://a.test/2", "body BODY", "end");
            assertThat(client.decoder().isExhausted()).isTrue();
            assertThat(client.proceed().events()).isEmpty();
        }
    }

    @Test
    void finInsideAHeldBody_isReportedAfterTheBody() {
        try (ClientStream client = ClientStream.manual()) {
            client.send(POST.substring(0, POST.length() - 2)).shutDownOutput();
            assertThat(client.proceed().events())
                    .containsExactly("POST http://a.test/2", "body BO", "broken body: TRUNCATED");
        }
    }

    static List<String> requestsWithBody() {
        return List.of(POST, CHUNKED);
    }

    @ParameterizedTest
    @MethodSource("requestsWithBody")
    void finInsideABody_neverEndsIt(String request) {
        int head = request.indexOf("\r\n\r\n") + 4;
        for (int cut = head; cut < request.length(); cut++) {
            try (ClientStream client = ClientStream.eager()) {
                List<String> events =
                        client.send(request.substring(0, cut)).shutDownOutput().events();
                assertThat(events).last().isEqualTo("broken body: TRUNCATED");
                assertThat(events).doesNotContain("end");
            }
        }
    }

    @Test
    void finInsideAHead_isReported() {
        try (ClientStream client = ClientStream.eager()) {
            assertThat(client.send("GET http://a.te").shutDownOutput().events())
                    .containsExactly("malformed " + Malformation.TRUNCATED);
        }
    }

    @Test
    void finBetweenRequests_isNothingSpecial() {
        try (ClientStream client = ClientStream.eager()) {
            assertThat(client.send(GET).shutDownOutput().events()).containsExactly("GET http://a.test/1", "end");
            assertThat(client.decoder().isExhausted()).isTrue();
        }
    }

    @Test
    void closeWhileHeld_dropsWhatIsHeld() {
        try (ClientStream client = ClientStream.manual()) {
            client.send(GET + POST).channel().close().syncUninterruptibly();
            assertThat(client.events()).containsExactly("GET http://a.test/1");
            assertThat(client.proceed().events()).doesNotContain("POST http://a.test/2");
        }
    }

    @Test
    void nothingIsReadAfterAViolation() {
        try (ClientStream client = ClientStream.eager()) {
            assertThat(client.send("GET  x HTTP/1.1\r\n\r\n" + GET).send(GET).events())
                    .containsExactly("malformed " + Malformation.BAD_START_LINE);
            assertThat(client.decoder().heldBytes()).isZero();
        }
    }

    static List<String> streams() {
        return List.of(GET + POST, "\r\n" + CHUNKED + GET, CONNECT + "early");
    }

    @ParameterizedTest
    @MethodSource("streams")
    void splitAnywhere_changesNothing(String input) {
        List<String> whole;
        try (ClientStream client = ClientStream.eager()) {
            whole = client.send(input).events();
        }
        for (int cut = 1; cut < input.length(); cut++) {
            try (ClientStream client = ClientStream.eager()) {
                client.send(input.substring(0, cut)).send(input.substring(cut));
                assertThat(client.events()).isEqualTo(whole);
            }
        }
        try (ClientStream client = ClientStream.eager()) {
            input.chars().forEach(c -> client.send(String.valueOf((char) c)));
            assertThat(client.events()).isEqualTo(whole);
        }
    }

    @Test
    void withoutAutoRead_itReadsOnOnlyWhileItWaits() {
        List<String> reads = new ArrayList<>();
        try (ClientStream client = ClientStream.manual()) {
            client.channel().pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
                @Override
                public void read(ChannelHandlerContext ctx) {
                    reads.add("read");
                }
            });
            client.channel().config().setAutoRead(false);
            client.send("GET http://a.t");
            assertThat(reads).as("half a head").hasSize(1);
            client.send("est/ HTTP/1.1\r\nHost: a.test\r\n\r\n").send("more");
            assertThat(reads).as("held").hasSize(1);
        }
    }
}
