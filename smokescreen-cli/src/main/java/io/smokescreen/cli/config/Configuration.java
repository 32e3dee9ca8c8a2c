package io.smokescreen.cli.config;

import io.smokescreen.api.ConfigurationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The values of all settings: what flags give, over what the config file gives, over the defaults. Every value has been read
 * when there is one of these, so that an error shows before anything is started.
 *
 * <p>Thread safety: immutable.
 */
public final class Configuration {

    private final Map<Setting<?>, Given> given;
    private final Map<Setting<?>, Object> values;
    private final Optional<Path> file;

    private Configuration(Map<Setting<?>, Given> given, Optional<Path> file) {
        this.given = given;
        this.file = file;
        this.values = new LinkedHashMap<>();
        given.forEach((setting, texts) -> values.put(setting, texts.read(setting)));
    }

    /**
     * Reads the file and lays the flags over it.
     *
     * @param file the config file, if there is one
     * @param flags the texts given for each flag, in their order
     * @throws ConfigurationException if a value is none of its setting, or the file cannot be read
     */
    public static Configuration of(Optional<Path> file, Map<Setting<?>, List<String>> flags) {
        Map<Setting<?>, Given> given =
                new LinkedHashMap<>(file.map(ConfigFile::read).orElse(Map.of()));
        flags.forEach((setting, texts) -> given.merge(
                setting,
                ofFlag(setting, texts),
                (fromFile, fromFlags) ->
                        setting.shape() == Setting.Shape.ADDING_LIST ? fromFile.and(fromFlags) : fromFlags));
        return new Configuration(given, file);
    }

    private static Given ofFlag(Setting<?> setting, List<String> texts) {
        return new Given(
                texts.stream().map(text -> new Given.Text(text, setting.flag())).toList());
    }

    /** {@return the config file, if there is one} */
    public Optional<Path> file() {
        return file;
    }

    /** {@return the value of a setting, or its default} */
    @SuppressWarnings("unchecked") // the setting made the value
    public <T> T get(Setting<T> setting) {
        Object value = values.get(setting);
        return value == null ? setting.defaultValue() : (T) value;
    }

    /** {@return whether a setting was given, be it as its default} */
    public boolean isGiven(Setting<?> setting) {
        return given.containsKey(setting);
    }

    /** {@return what was given for a setting, as it was written; empty if nothing was} */
    public List<String> texts(Setting<?> setting) {
        Given texts = given.get(setting);
        return texts == null
                ? List.of()
                : texts.texts().stream().map(Given.Text::value).toList();
    }

    /**
     * Hands a value to the engine if it was given, so that the engine's own default holds otherwise.
     *
     * @throws ConfigurationException if the engine refuses it; the message begins with its place
     */
    public <T> void apply(Setting<T> setting, Consumer<T> setter) {
        if (isGiven(setting)) {
            check(setting, () -> {
                setter.accept(get(setting));
                return true;
            });
        }
    }

    /**
     * Hands each text of a list to the engine.
     *
     * @throws ConfigurationException if the engine refuses one; the message begins with its place
     */
    public void applyEach(Setting<List<String>> setting, Consumer<String> setter) {
        Given texts = given.get(setting);
        if (texts == null) {
            return;
        }
        for (Given.Text text : texts.texts()) {
            placed(text.place(), () -> {
                setter.accept(text.value());
                return true;
            });
        }
    }

    /**
     * Does something with the value of a setting.
     *
     * @throws ConfigurationException if that is refused; the message begins with the place of the value
     */
    public <R> R check(Setting<?> setting, Supplier<R> action) {
        return placed(place(setting), action);
    }

    /** {@return an error that begins with the place of a setting} */
    public ConfigurationException error(Setting<?> setting, String problem) {
        return new ConfigurationException(place(setting) + ": " + problem);
    }

    /** {@return the settings whose values differ from those of another configuration} */
    public List<Setting<?>> differences(Configuration other) {
        List<Setting<?>> different = new ArrayList<>(Settings.ALL);
        different.removeIf(setting -> get(setting).equals(other.get(setting)));
        return different;
    }

    private String place(Setting<?> setting) {
        Given texts = given.get(setting);
        return texts == null || texts.texts().isEmpty()
                ? setting.flag()
                : texts.texts().get(texts.texts().size() - 1).place();
    }

    private static <R> R placed(String place, Supplier<R> action) {
        try {
            return action.get();
        } catch (IllegalArgumentException | ConfigurationException e) {
            throw new ConfigurationException(place + ": " + e.getMessage(), e);
        }
    }
}
