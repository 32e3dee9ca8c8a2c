package io.smokescreen.cli.config;

import io.smokescreen.internal.yaml.YamlDocument;
import io.smokescreen.internal.yaml.YamlText;
import io.smokescreen.internal.yaml.YamlValue;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads the config file. What the text of a value means is its setting's to say, as for flags, and not YAML's: {@code 0700}
 * stays the file mode it looks like.
 */
final class ConfigFile {

    private static final String EXPECTED = "a configuration in YAML";

    private ConfigFile() {}

    /**
     * {@return what the file gives for which setting}
     *
     * @throws io.smokescreen.api.ConfigurationException if it cannot be read, or holds anything that is not understood; the
     *     message tells file, line, column and key
     */
    static Map<Setting<?>, Given> read(Path file) {
        YamlValue document = YamlDocument.parse(file.toString(), YamlText.read(file), EXPECTED);
        Map<Setting<?>, Given> given = new LinkedHashMap<>();
        document.entries(keysOf("")).forEach((key, value) -> {
            List<String> inSection = keysOf(key + ".");
            if (inSection.isEmpty()) {
                put(given, Settings.byKey(key), value);
                return;
            }
            value.entries(inSection).forEach((inner, each) -> put(given, Settings.byKey(key + "." + inner), each));
        });
        return given;
    }

    /** The keys of a section, or of the top level, where sections are keys too. */
    private static List<String> keysOf(String section) {
        Stream<String> keys = Settings.ALL.stream().map(Setting::key);
        return keys.filter(key -> key.startsWith(section))
                .map(key -> key.substring(section.length()))
                .map(key -> key.replaceFirst("\\..*", ""))
                .distinct()
                .toList();
    }

    private static void put(Map<Setting<?>, Given> given, Setting<?> setting, YamlValue value) {
        List<YamlValue> values = setting.isList() ? value.list() : List.of(value);
        given.put(
                setting,
                new Given(values.stream().map(each -> text(setting, each)).toList()));
    }

    private static Given.Text text(Setting<?> setting, YamlValue value) {
        String text = setting.shape() == Setting.Shape.SWITCH ? String.valueOf(value.bool()) : value.text();
        return new Given.Text(text, value.placeAndPath());
    }
}
