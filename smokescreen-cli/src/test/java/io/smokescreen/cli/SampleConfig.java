package io.smokescreen.cli;

import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.ListenSettings;
import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.Settings;
import io.smokescreen.cli.config.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sample config file of the distribution: every key, commented out. */
final class SampleConfig {

    private static final int WIDTH = 118;

    private static final String HEAD = """
            # What 'smokescreen --config-file FILE' reads. Every key is here, with its default or, in capitals, what takes the
            # place of the word. Take the '#' away from a line to set the key. Each key is a flag too, and flags win.
            #
            # What is unknown or wrong here is an error, and nothing is started. To see whether all is right:
            #     smokescreen check --config-file FILE
            """;

    private SampleConfig() {}

    static String text() {
        StringBuilder file = new StringBuilder(HEAD);
        Topic topic = null;
        String section = "";
        for (Setting<?> setting : Settings.ALL) {
            if (setting.topic() != topic) {
                topic = setting.topic();
                file.append("\n\n# --- " + topic.heading() + " ---\n");
            }
            file.append("\n");
            wrapped(setting.description() + " (" + setting.flag() + ")")
                    .forEach(line -> file.append("# " + line + "\n"));
            if (!isLiteral(setting)) {
                file.append("# Default: " + setting.defaultText() + "\n");
            }
            String key = setting.key();
            int dot = key.indexOf('.');
            if (dot >= 0 && !section.equals(key.substring(0, dot))) {
                section = key.substring(0, dot);
                file.append("#" + section + ":\n");
            }
            file.append(isActive(setting) ? "" : "#").append(dot < 0 ? key : "  " + key.substring(dot + 1));
            file.append(": " + value(setting) + "\n");
        }
        return file.toString();
    }

    /** One key has to be set: a file that holds none is refused, as one that was cut short would look the same. */
    private static boolean isActive(Setting<?> setting) {
        return setting == ListenSettings.PORT;
    }

    /** Whether the default is told as it would be written, and not in prose. */
    static boolean isLiteral(Setting<?> setting) {
        if (setting.isList()) {
            return false;
        }
        try {
            return given(setting, setting.defaultText())
                    .get(setting)
                    .equals(defaults().get(setting));
        } catch (RuntimeException e) {
            return false; // prose is no value
        }
    }

    private static Configuration defaults() {
        return Configuration.of(Optional.empty(), Map.of());
    }

    private static Configuration given(Setting<?> setting, String text) {
        return Configuration.of(Optional.empty(), Map.of(setting, List.of(text)));
    }

    private static String value(Setting<?> setting) {
        if (isLiteral(setting)) {
            return setting.defaultText();
        }
        String word = setting.valueName();
        return setting.isList() ? "[" + quotedIfNeeded(word) + "]" : word;
    }

    /** In a list on one line, brackets and colons have meanings of their own. */
    private static String quotedIfNeeded(String word) {
        return word.matches("[A-Z_]+") ? word : "\"" + word + "\"";
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
