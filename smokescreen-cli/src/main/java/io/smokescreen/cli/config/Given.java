package io.smokescreen.cli.config;

import io.smokescreen.api.ConfigurationException;
import java.util.ArrayList;
import java.util.List;

/**
 * What was given for a setting: texts, each with the place it stands at.
 *
 * @param texts in the order they were given, at least one unless a list was given empty
 */
record Given(List<Text> texts) {

    /**
     * One text.
     *
     * @param value the text
     * @param place a flag, or file, line, column and key
     */
    record Text(String value, String place) {}

    Given {
        texts = List.copyOf(texts);
    }

    Given and(Given more) {
        List<Text> all = new ArrayList<>(texts);
        all.addAll(more.texts);
        return new Given(all);
    }

    /** Reads the texts; where that fails, tells the place of the first that cannot be read. */
    <T> T read(Setting<T> setting) {
        try {
            return setting.read(texts.stream().map(Text::value).toList());
        } catch (IllegalArgumentException e) {
            throw invalid(setting, e);
        }
    }

    private ConfigurationException invalid(Setting<?> setting, IllegalArgumentException failure) {
        for (Text text : texts) {
            try {
                setting.read(List.of(text.value()));
            } catch (IllegalArgumentException e) {
                return new ConfigurationException(text.place() + ": " + e.getMessage(), e);
            }
        }
        return new ConfigurationException(setting.flag() + ": " + failure.getMessage(), failure);
    }
}
