package io.smokescreen.cli;

import io.smokescreen.cli.config.Settings;
import io.smokescreen.cli.config.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The option list of {@code --help}: the own options, then, unless it is a subcommand's, the settings by topic. */
final class GroupedOptions {

    private GroupedOptions() {}

    static String render(Help help) {
        CommandSpec command = help.commandSpec();
        List<OptionSpec> own = new ArrayList<>(command.options());
        StringBuilder groups = new StringBuilder();
        for (Topic topic : Topic.values()) {
            List<OptionSpec> options = Settings.ALL.stream()
                    .filter(setting -> setting.topic() == topic)
                    .flatMap(setting -> Stream.ofNullable(command.findOption(setting.flag())))
                    .toList();
            own.removeAll(options);
            groups.append(help.createHeading("%n" + topic.heading() + ":%n")).append(list(help, options));
        }
        if (command.parent() != null) { // the settings are listed once
            own.removeIf(option -> option.longestName().equals(Flags.CONFIG_FILE));
            return help.createHeading("%nOptions:%n") + list(help, own);
        }
        return help.createHeading("%nAbout this command:%n") + list(help, own) + groups;
    }

    private static String list(Help help, List<OptionSpec> options) {
        Help.Layout layout = help.createDefaultLayout();
        layout.addOptions(options, help.createDefaultParamLabelRenderer());
        return layout.toString();
    }
}
