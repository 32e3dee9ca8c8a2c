package io.smokescreen.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9112 §7.1.1: {@code *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )}. */
class ChunkExtensionTest {

    private static final String HEAD =
            "POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n4";

    @ParameterizedTest
    @ValueSource(
            strings = {
                ";a",
                "; a",
                ";a=b",
                ";a =\tb",
                ";a ;b",
                ";a=\"\"",
                ";a=\"b c\"",
                ";a=\"b\\\"c\"",
                ";a=\"b\";c=d;e",
            })
    void extension_ofTheGrammar_isAccepted(String extension) {
        assertThat(events(extension)).endsWith("end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ";",
                ";:",
                ";=b",
                ";a=",
                ";a ",
                ";a=b c",
                ";a=b ;c",
                ";a=\"b",
                ";a=\"b\\\"",
                ";a=\"b\"c",
                ";;a",
                ";a\u00ff",
                ";a=\"\u00ff\"",
                ";a=\"\n\"",
                ";a\"b",
                ";a=(b)",
            })
    void extension_outsideTheGrammar_isRefused(String extension) {
        assertThat(events(extension)).endsWith("broken body: BAD_CHUNK");
    }

    @Property(tries = 5_000)
    void extension_thatPassesTheCheck_isNeverRefusedByTheCodec(@ForAll("extensions") String extension) {
        assertThat(events(extension)).doesNotContain("broken body: REFUSED_BY_CODEC");
    }

    @Provide
    Arbitrary<String> extensions() {
        return Arbitraries.strings()
                .withChars("aZ0!'=;:\"\\ \t(\u007f\u0080\u00ff")
                .ofMaxLength(8)
                .map(";"::concat);
    }

    private static List<String> events(String extension) {
        try (ClientStream client = ClientStream.eager()) {
            return client.send(HEAD + extension + "\r\nBODY\r\n0\r\n\r\n").events();
        }
    }
}
