package io.smokescreen.testing;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Reads the vector files; JSON is YAML. */
public final class Vectors {

    private Vectors() {}

    /** Returns the rows of {@code /vectors/<name>}. */
    @SuppressWarnings("unchecked") // the files are part of this module
    public static List<Map<String, Object>> read(String name) {
        LoadSettings settings =
                LoadSettings.builder().setCodePointLimit(10_000_000).build();
        try (InputStream in = requireNonNull(Vectors.class.getResourceAsStream("/vectors/" + name), name)) {
            return (List<Map<String, Object>>) new Load(settings).loadFromString(asciiOnly(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** YAML, unlike JSON, does not take DEL and C1 controls as they stand. */
    private static String asciiOnly(byte[] json) {
        StringBuilder escaped = new StringBuilder();
        new String(json, StandardCharsets.UTF_8)
                .chars()
                .forEach(c -> escaped.append(c < 0x7f ? String.valueOf((char) c) : String.format("\\u%04x", c)));
        return escaped.toString();
    }

    /** Returns a list of strings in a row, empty if it is not there. */
    @SuppressWarnings("unchecked") // the files are part of this module
    public static List<String> strings(Map<String, Object> row, String key) {
        return (List<String>) row.getOrDefault(key, List.of());
    }

    /** Returns a string in a row. */
    public static String string(Map<String, Object> row, String key) {
        return (String) requireNonNull(row.get(key), key);
    }
}
