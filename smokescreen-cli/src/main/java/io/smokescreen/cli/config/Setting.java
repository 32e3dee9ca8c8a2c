package io.smokescreen.cli.config;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One setting of the command, and all there is to know of it: flags, config file, help and documentation are made from it.
 *
 * @param <T> the type of its value
 */
public final class Setting<T> {

    /** How often a setting can be given, and what with. */
    public enum Shape {
        /** True or false; the flag alone means true. */
        SWITCH,
        /** One value; as in Go the last flag counts. */
        VALUE,
        /** Any number of values; flags replace those of the file. */
        LIST,
        /** Any number of values; as in Go, flags add to those of the file. */
        ADDING_LIST
    }

    private final Topic topic;
    private final String flag;
    private final String key;
    private final Shape shape;
    private final String valueName;
    private final Function<List<String>, T> reader;
    private final T defaultValue;
    private final String defaultText;
    private final String description;

    private Setting(Name name, Shape shape, Function<List<String>, T> reader, T defaultValue, String defaultText) {
        this.topic = name.topic;
        this.flag = name.flag;
        this.key = name.key;
        this.valueName = name.valueName;
        this.description = name.description;
        this.shape = shape;
        this.reader = reader;
        this.defaultValue = requireNonNull(defaultValue, flag);
        this.defaultText = defaultText;
    }

    /**
     * Begins a definition.
     *
     * @param topic where it stands in lists
     * @param flag with its dashes
     * @param key in the config file, sections set off by a dot
     */
    static Name define(Topic topic, String flag, String key) {
        return new Name(topic, flag, key, "", "");
    }

    /** Where a setting is given and what it means, before its type is known. */
    record Name(Topic topic, String flag, String key, String valueName, String description) {

        Name takes(String placeholder) {
            return new Name(topic, flag, key, placeholder, description);
        }

        Name means(String text) {
            return new Name(topic, flag, key, valueName, text);
        }

        Setting<Boolean> asSwitch(boolean byDefault) {
            return new Setting<>(
                    this, Shape.SWITCH, texts -> Texts.bool(last(texts)), byDefault, String.valueOf(byDefault));
        }

        <V> Setting<V> as(Function<String, V> parser, V byDefault, String defaultText) {
            return new Setting<>(this, Shape.VALUE, texts -> parser.apply(last(texts)), byDefault, defaultText);
        }

        /** A value that need not be there. */
        <V> Setting<Optional<V>> asOptional(Function<String, V> parser, String defaultText) {
            return as(text -> Optional.of(parser.apply(text)), Optional.empty(), defaultText);
        }

        <V> Setting<List<V>> asList(Function<String, V> parser, String defaultText) {
            return new Setting<>(this, Shape.LIST, texts -> each(texts, parser), List.of(), defaultText);
        }

        Setting<List<String>> asAddingList(String defaultText) {
            return new Setting<>(this, Shape.ADDING_LIST, List::copyOf, List.of(), defaultText);
        }

        private static String last(List<String> texts) {
            return texts.get(texts.size() - 1);
        }

        private static <V> List<V> each(List<String> texts, Function<String, V> parser) {
            return texts.stream().map(parser).toList();
        }
    }

    /** {@return where it stands in lists} */
    public Topic topic() {
        return topic;
    }

    /** {@return the flag, with its dashes} */
    public String flag() {
        return flag;
    }

    /** {@return the key in the config file, with its section before a dot} */
    public String key() {
        return key;
    }

    /** {@return how often it can be given} */
    public Shape shape() {
        return shape;
    }

    /** {@return whether it can be given several times} */
    public boolean isList() {
        return shape == Shape.LIST || shape == Shape.ADDING_LIST;
    }

    /** {@return what stands for its value in help texts; empty for a switch} */
    public String valueName() {
        return valueName;
    }

    /** {@return the default, in words or as it would be written} */
    public String defaultText() {
        return defaultText;
    }

    /** {@return what it does, in one or two sentences} */
    public String description() {
        return description;
    }

    T defaultValue() {
        return defaultValue;
    }

    /**
     * {@return the value of these texts}
     *
     * @throws IllegalArgumentException if one is no value of this setting; the message says what would be
     */
    T read(List<String> texts) {
        return reader.apply(texts);
    }

    @Override
    public String toString() {
        return flag;
    }
}
