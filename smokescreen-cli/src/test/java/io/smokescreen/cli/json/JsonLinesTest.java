package io.smokescreen.cli.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

    private final JsonLines lines = new JsonLines();

    @Test
    void objects_and_arrays_nest_with_commas_between_their_members_only() throws IOException {
        lines.begin();
        lines.beginObject("empty");
        lines.endObject();
        lines.beginArray("none");
        lines.endArray();
        lines.beginArray("some");
        lines.beginElement();
        lines.text("a", "[{", 10);
        lines.literal("b", "1");
        lines.endObject();
        lines.beginElement();
        lines.endObject();
        lines.endArray();
        lines.beginObject("last");
        lines.text("c", "{", 10);
        lines.beginObject("d");
        lines.endObject();
        lines.endObject();
        lines.text("e", "", 10);
        lines.end();

        assertThat(written())
                .isEqualTo("{\"empty\":{},\"none\":[],\"some\":[{\"a\":\"[{\",\"b\":1},{}],"
                        + "\"last\":{\"c\":\"{\",\"d\":{}},\"e\":\"\"}\n");
    }

    @Test
    void a_line_that_is_abandoned_inside_an_array_leaves_those_before() throws IOException {
        lines.begin();
        lines.literal("first", "true");
        lines.end();

        lines.begin();
        lines.beginArray("half");
        lines.beginElement();
        lines.abandon();
        lines.begin();
        lines.literal("second", "null");
        lines.end();

        assertThat(written()).isEqualTo("{\"first\":true}\n{\"second\":null}\n");
    }

    private String written() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        lines.writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
