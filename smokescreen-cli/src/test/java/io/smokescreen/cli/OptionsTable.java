package io.smokescreen.cli;

import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.Settings;
import io.smokescreen.cli.config.Topic;

/** The table of all options in {@code docs/operations.md}. */
final class OptionsTable {

    private OptionsTable() {}

    static String text() {
        StringBuilder table = new StringBuilder("""
                | topic | flag | key | default | meaning | reload |
                |---|---|---|---|---|---|
                """);
        Topic before = null;
        for (Setting<?> setting : Settings.ALL) {
            String topic =
                    setting.topic() == before ? "" : "**" + setting.topic().heading() + "**";
            before = setting.topic();
            table.append(String.join(" | ", "| " + topic, flag(setting), code(setting.key()), byDefault(setting)))
                    .append(" | " + escaped(setting.description()) + more(setting))
                    .append(" | " + (ConfiguredRules.RELOADABLE.contains(setting) ? "yes" : "no") + " |\n");
        }
        return table.toString();
    }

    private static String flag(Setting<?> setting) {
        return code(
                setting.shape() == Setting.Shape.SWITCH ? setting.flag() : setting.flag() + " " + setting.valueName());
    }

    private static String byDefault(Setting<?> setting) {
        return SampleConfig.isLiteral(setting) ? code(setting.defaultText()) : escaped(setting.defaultText());
    }

    private static String more(Setting<?> setting) {
        return switch (setting.shape()) {
            case SWITCH, VALUE -> "";
            case LIST -> " Repeatable; flags replace the list in the file.";
            case ADDING_LIST -> " Repeatable; flags add to the list in the file.";
        };
    }

    private static String code(String text) {
        return "`" + text.replace("|", "\\|") + "`";
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;");
    }
}
