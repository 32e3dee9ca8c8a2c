package io.smokescreen.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Clients branch on the codes, so the table that documents them and the table that makes them are the same. */
class DocumentedCodesTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\|.*\\| (\\d{3})[^|]*\\| `([a-z-]+)` \\|$");

    @Test
    void readme_listsEachCodeWithItsStatus() throws IOException {
        Map<String, Integer> documented = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("../README.md")));
        while (row.find()) {
            documented.put(row.group(2), Integer.valueOf(row.group(1)));
        }

        assertThat(documented).isEqualTo(statusOfEachKind());
    }

    private static Map<String, Integer> statusOfEachKind() {
        return Arrays.stream(Rejection.Kind.values())
                .collect(Collectors.toMap(
                        Rejection.Kind::code, kind -> kind.status().code(), (one, other) -> one, TreeMap::new));
    }

    @Test
    void codes_areDistinctAndKebabCase() {
        assertThat(Rejection.Kind.values())
                .extracting(Function.<Rejection.Kind>identity().andThen(Rejection.Kind::code))
                .doesNotHaveDuplicates()
                .allMatch(code -> code.matches("[a-z]+(-[a-z]+)*"));
    }
}
