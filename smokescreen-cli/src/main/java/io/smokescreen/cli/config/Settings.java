package io.smokescreen.cli.config;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All settings. */
public final class Settings {

    /** Every setting, grouped by topic in the order of {@link Topic}. */
    public static final List<Setting<?>> ALL = inOrder();

    private static final Map<String, Setting<?>> BY_KEY =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Setting::key, Function.identity()));

    private Settings() {}

    /**
     * {@return the setting with that key}
     *
     * @param key a key that is one, sections set off by a dot
     */
    static Setting<?> byKey(String key) {
        Setting<?> setting = BY_KEY.get(key);
        if (setting == null) {
            throw new IllegalArgumentException("no setting has the key '" + key + "'");
        }
        return setting;
    }

    private static List<Setting<?>> inOrder() {
        List<Setting<?>> settings = Stream.of(
                        ListenSettings.all(),
                        TlsSettings.all(),
                        PolicySettings.all(),
                        ConnectSettings.all(),
                        NextHopSettings.all(),
                        InterceptionSettings.all(),
                        OperationSettings.all())
                .<Setting<?>>flatMap(List::stream)
                .toList();
        return Stream.of(Topic.values())
                .<Setting<?>>flatMap(topic -> settings.stream().filter(setting -> setting.topic() == topic))
                .toList();
    }
}
