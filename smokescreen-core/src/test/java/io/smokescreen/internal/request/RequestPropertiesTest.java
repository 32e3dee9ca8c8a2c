package io.smokescreen.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import io.smokescreen.api.Destination;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class RequestPropertiesTest {

    private static final String ALPHABET = "aZ0.9:-_[]%@/\\?#\r\n \tHTP1\0\u00ff;,=\"xchunked";

    @Property(tries = 2_000)
    void randomBytes_neverThrow(@ForAll byte[] bytes) {
        try (ClientStream client = ClientStream.eager()) {
            assertThat(client.send(bytes).shutDownOutput().events()).isNotNull();
        }
    }

    @Property(tries = 2_000)
    void nearlyRequests_neverThrow_howeverTheyAreSplit(
            @ForAll("nearlyRequests") String text, @ForAll @IntRange(max = 300) int at) {
        int cut = Math.min(at, text.length());
        List<String> whole;
        try (ClientStream client = ClientStream.eager()) {
            whole = client.send(text).shutDownOutput().events();
        }
        try (ClientStream client = ClientStream.eager()) {
            List<String> split = client.send(text.substring(0, cut))
                    .send(text.substring(cut))
                    .shutDownOutput()
                    .events();
            assertThat(withoutBody(split)).isEqualTo(withoutBody(whole));
        }
    }

    @Property(tries = 2_000)
    void nearlyResponses_neverThrow(@ForAll("fragments") String text) {
        try (ServerStream server = ServerStream.askedFor(HttpMethod.GET)) {
            server.send("HTTP/1.1 200 OK\r\n" + text).shutDownOutput();
            assertThat(server.events()).doesNotContain("exception");
        }
    }

    @Property(tries = 5_000)
    void acceptedAuthority_isAFixedPoint(@ForAll("fragments") String text) {
        try {
            Destination destination = Authority.parse(text, 80);
            assertThat(Authority.parse(destination.toString())).isEqualTo(destination);
            assertThat(destination.toString()).isEqualTo(destination.toString().toLowerCase(java.util.Locale.ROOT));
        } catch (MalformedMessageException refused) {
            assertThat(refused.reason()).isEqualTo(Malformation.BAD_AUTHORITY);
        }
    }

    @Provide
    Arbitrary<String> fragments() {
        return Arbitraries.strings().withChars(ALPHABET).ofMaxLength(60);
    }

    @Provide
    Arbitrary<String> nearlyRequests() {
        String head = "POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\n";
        return Arbitraries.of(
                        "",
                        head,
                        head + "Transfer-Encoding: chunked\r\n\r\n",
                        head + "Content-Length: 7\r\n\r\n",
                        head + "Transfer-Encoding: chunked\r\n\r\n4;",
                        "CONNECT a.test:1 HTTP/1.1\r\nHost: a\r\n\r\n")
                .flatMap(start -> fragments().map(start::concat))
                .map(text -> new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1));
    }

    private static List<String> withoutBody(List<String> events) {
        return events.stream().filter(event -> !event.startsWith("body ")).toList();
    }
}
