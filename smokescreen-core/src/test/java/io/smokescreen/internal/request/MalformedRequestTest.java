package io.smokescreen.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One row per malformation; {@code \r \n \t \0} and {@code \xHH} stand for those bytes, {@code ~} for a correct Host. */
class MalformedRequestTest {

    private static final String HOST = "Host: a.test\\r\\n";

    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource(delimiter = '|', textBlock = """
            GET  http://a.test/ HTTP/1.1\\r\\n~\\r\\n                | BAD_START_LINE
            ' GET http://a.test/ HTTP/1.1\\r\\n~\\r\\n'              | BAD_START_LINE
            GET\\thttp://a.test/ HTTP/1.1\\r\\n~\\r\\n               | BAD_START_LINE
            G(T http://a.test/ HTTP/1.1\\r\\n~\\r\\n                 | BAD_START_LINE
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA http://a.test/         | BAD_START_LINE
            \\0GET http://a.test/ HTTP/1.1\\r\\n~\\r\\n              | BAD_START_LINE
            \\x16\\x03\\x01\\x02                                     | BAD_START_LINE
            GET http://a.test/#f HTTP/1.1\\r\\n~\\r\\n               | BAD_START_LINE
            GET http://a.test/\\x80 HTTP/1.1\\r\\n~\\r\\n            | BAD_START_LINE
            GET http://a.test/\\x7f HTTP/1.1\\r\\n~\\r\\n            | BAD_START_LINE
            GET http://a.test/\\r\\n                                 | BAD_START_LINE
            GET http://a.test/ HTTP/1.2\\r\\n~\\r\\n                 | BAD_VERSION
            GET http://a.test/ HTTP/2.0\\r\\n~\\r\\n                 | BAD_VERSION
            GET http://a.test/ http/1.1\\r\\n~\\r\\n                 | BAD_VERSION
            GET http://a.test/ HTTP/1.1 \\r\\n~\\r\\n                | BAD_VERSION
            GET http://a.test/ HTTP/1.1\\n~\\r\\n                    | BAD_VERSION
            GET http://a.test/ HTTP/1.1\\rX                          | BAD_LINE_END
            \\r\\r\\n                                                | BAD_LINE_END
            \\r\\n\\r\\nGET http://a.test/ HTTP/1.1\\r\\n~\\r\\n     | BAD_START_LINE
            GET http://a.test/ HTTP/1.1\\r\\n X: y\\r\\n~\\r\\n      | BAD_FIELD_NAME
            GET http://a.test/ HTTP/1.1\\r\\n~X: y\\r\\n z\\r\\n\\r\\n | BAD_FIELD_NAME
            GET http://a.test/ HTTP/1.1\\r\\n~X: y\\r\\n\\tz\\r\\n\\r\\n | BAD_FIELD_NAME
            GET http://a.test/ HTTP/1.1\\r\\n~: y\\r\\n\\r\\n        | BAD_FIELD_NAME
            GET http://a.test/ HTTP/1.1\\r\\n~X : y\\r\\n\\r\\n      | BAD_FIELD_NAME
            GET http://a.test/ HTTP/1.1\\r\\n~X\\r\\n\\r\\n          | BAD_FIELD_NAME
            GET http://a.test/ HTTP/1.1\\r\\n~X\\xe4: y\\r\\n\\r\\n  | BAD_FIELD_NAME
            GET http://a.test/ HTTP/1.1\\r\\n~\\n\\r\\n              | BAD_FIELD_NAME
            GET http://a.test/ HTTP/1.1\\r\\n~X: a\\0b\\r\\n\\r\\n   | BAD_FIELD_VALUE
            GET http://a.test/ HTTP/1.1\\r\\n~X: a\\x7f\\r\\n\\r\\n  | BAD_FIELD_VALUE
            GET http://a.test/ HTTP/1.1\\r\\n~X: a\\nY: b\\r\\n\\r\\n | BAD_FIELD_VALUE
            GET http://a.test/ HTTP/1.1\\r\\n~X: a\\rY: b\\r\\n\\r\\n | BAD_LINE_END
            """)
    void badHead(String raw, Malformation expected) {
        assertRefused(raw, expected);
    }

    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource(delimiter = '|', textBlock = """
            Content-Length: 4\\r\\nContent-Length: 4              | BAD_FRAMING
            Content-Length: 4\\r\\nCONTENT-length: 5              | BAD_FRAMING
            Content-Length: 4\\r\\nTransfer-Encoding: chunked     | REFUSED_BY_CODEC
            Transfer-Encoding: chunked\\r\\nContent-Length: 4     | REFUSED_BY_CODEC
            Content-Length: 4, 4                                  | REFUSED_BY_CODEC
            Content-Length: +4                                    | REFUSED_BY_CODEC
            Content-Length: -4                                    | REFUSED_BY_CODEC
            Content-Length: 0x4                                   | REFUSED_BY_CODEC
            Content-Length: 4 4                                   | REFUSED_BY_CODEC
            Content-Length:                                       | REFUSED_BY_CODEC
            Content-Length: 9223372036854775808                   | REFUSED_BY_CODEC
            Transfer-Encoding: gzip, chunked                      | BAD_FRAMING
            Transfer-Encoding: identity, chunked                  | BAD_FRAMING
            Transfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked | REFUSED_BY_CODEC
            Transfer-Encoding: identity\\r\\nTransfer-Encoding: chunked | BAD_FRAMING
            Transfer-Encoding: gzip                               | REFUSED_BY_CODEC
            Transfer-Encoding: ,chunked                           | BAD_FRAMING
            Transfer-Encoding: xchunked                           | REFUSED_BY_CODEC
            Sec-WebSocket-Key1: 1\\r\\nSec-WebSocket-Key2: 2      | BAD_FRAMING
            """)
    void badFraming(String fields, Malformation expected) {
        assertRefused("GET http://a.test/ HTTP/1.1\\r\\n~" + fields + "\\r\\n\\r\\n", expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            Content-Length: 4\\r\\nContent-Length: 5 | BAD_FRAMING
            Transfer-Encoding: chunked               | REFUSED_BY_CODEC
            """)
    void badFramingInHttp10(String fields, Malformation expected) {
        assertRefused("GET http://a.test/ HTTP/1.0\\r\\n" + fields + "\\r\\n\\r\\n", expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            g\\r\\n
            +4\\r\\nBODY\\r\\n0\\r\\n\\r\\n
            ' 4\\r\\nBODY\\r\\n0\\r\\n\\r\\n'
            4 \\r\\nBODY\\r\\n0\\r\\n\\r\\n
            4_0\\r\\n
            0x4\\r\\nBODY\\r\\n
            \\r\\n\\r\\n
            4\\nBODY\\n0\\n\\n
            4\\rBODY\\r0\\r\\r
            4\\r\\nBODYXX0\\r\\n\\r\\n
            100000004\\r\\nBODY\\r\\n
            10000000000000004\\r\\nBODY\\r\\n
            80000000\\r\\nBODY\\r\\n
            4;a="\\r\\nBODY\\r\\n0\\r\\n\\r\\n
            4;a="\\\\"\\r\\nBODY\\r\\n0\\r\\n\\r\\n
            4;a=\\0\\r\\nBODY\\r\\n0\\r\\n\\r\\n
            4;a\\nBODY\\r\\n0\\r\\n\\r\\n
            0\\r\\nX : y\\r\\n\\r\\n
            0\\r\\nX: y\\r\\n folded\\r\\n\\r\\n
            0\\r\\nX
            """)
    void badChunks_neverEndTheBody(String body) {
        try (ClientStream client = ClientStream.eager()) {
            client.send(bytes("POST http://a.test/ HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n" + body));
            client.shutDownOutput();
            assertThat(client.events()).last().asString().startsWith("broken body: ");
            assertThat(client.requests()).hasSize(1);
        }
    }

    @Test
    void chunkSizeLine_hasALimit() {
        String head = "POST http://a.test/ HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n";
        try (ClientStream client = ClientStream.eager()) {
            client.send(bytes(head + "4;" + "a".repeat(256)));
            assertThat(client.events()).last().isEqualTo("broken body: BAD_CHUNK");
        }
        try (ClientStream client = ClientStream.eager()) {
            client.send(bytes(head + "4;" + "a".repeat(255) + "\\r\\nBODY\\r\\n0\\r\\n\\r\\n"));
            assertThat(client.events()).last().as("just inside").isEqualTo("end");
        }
    }

    @Test
    void trailers_haveALimit() {
        try (ClientStream client = ClientStream.eager()) {
            client.send(bytes("POST http://a.test/ HTTP/1.1\\r\\n~Transfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n"));
            client.send("X: " + "y".repeat(70_000));
            assertThat(client.events()).last().isEqualTo("broken body: FIELDS_TOO_LARGE");
        }
    }

    @Test
    void requestLine_hasALimit() {
        String path = "http://a.test/" + "p".repeat(8192 - "GEThttp://a.test/HTTP/1.1".length());
        try (ClientStream client = ClientStream.eager()) {
            assertThat(client.send(bytes("GET " + path + " HTTP/1.1\\r\\n~\\r\\n"))
                            .events())
                    .as("just inside")
                    .containsExactly("GET " + path, "end");
        }
        assertRefused("GET " + path + "p HTTP/1.1\\r\\n~\\r\\n", Malformation.START_LINE_TOO_LONG);
    }

    @Test
    void fields_haveALimit() {
        String value = "v".repeat(65_536 - "Host: a.test\r\nX: \r\n\r\n".length());
        try (ClientStream client = ClientStream.eager()) {
            client.send(bytes("GET http://a.test/ HTTP/1.1\\r\\n~X: " + value + "\\r\\n\\r\\n"));
            assertThat(client.events()).as("just inside").containsExactly("GET http://a.test/", "end");
        }
        assertRefused("GET http://a.test/ HTTP/1.1\\r\\n~X: " + value + "v\\r\\n\\r\\n", Malformation.FIELDS_TOO_LARGE);
    }

    @Test
    void fieldCount_hasALimit() {
        try (ClientStream client = ClientStream.eager()) {
            client.send(bytes("GET http://a.test/ HTTP/1.1\\r\\n~" + "X: y\\r\\n".repeat(199) + "\\r\\n"));
            assertThat(client.events()).as("just inside").containsExactly("GET http://a.test/", "end");
        }
        assertRefused(
                "GET http://a.test/ HTTP/1.1\\r\\n~" + "X: y\\r\\n".repeat(200) + "\\r\\n",
                Malformation.TOO_MANY_FIELDS);
    }

    private static void assertRefused(String raw, Malformation expected) {
        try (ClientStream client = ClientStream.eager()) {
            assertThat(client.send(bytes(raw)).events()).containsExactly("malformed " + expected);
        }
    }

    private static String bytes(String escaped) {
        String text = escaped.replace("~", HOST);
        StringBuilder bytes = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '\\') {
                bytes.append(text.charAt(i));
                continue;
            }
            char kind = text.charAt(++i);
            switch (kind) {
                case 'r' -> bytes.append('\r');
                case 'n' -> bytes.append('\n');
                case 't' -> bytes.append('\t');
                case '0' -> bytes.append('\0');
                case 'x' -> {
                    bytes.append((char) Integer.parseInt(text, i + 1, i + 3, 16));
                    i += 2;
                }
                default -> bytes.append(kind);
            }
        }
        return bytes.toString();
    }
}
