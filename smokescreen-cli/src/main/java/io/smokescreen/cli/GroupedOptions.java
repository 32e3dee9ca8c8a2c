package io.smokescreen.cli;

import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.Settings;
import io.smokescreen.cli.config.Topic;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The option list of {@code --help}: the command's own options, then the settings by topic. */
final class GroupedOptions {

    private GroupedOptions() {}

    static String render(Help help) {
        CommandSpec command = help.commandSpec();
        List<OptionSpec> own = new ArrayList<>(command.options());
        StringBuilder groups = new StringBuilder();
        for (Topic topic : Topic.values()) {
            List<OptionSpec> options = Settings.ALL.stream()
                    .filter(setting -> setting.topic() == topic)
                    .map(Setting::flag)
                    .map(command::findOption)
                    .toList();
            own.removeAll(options);
            groups.append(help.createHeading("%n" + topic.heading() + ":%n")).append(list(help, options));
        }
        return help.createHeading("%nAbout this command:%n") + list(help, own) + groups;
    }

    private static String list(Help help, List<OptionSpec> options) {
        Help.Layout layout = help.createDefaultLayout();
        layout.addOptions(options, help.createDefaultParamLabelRenderer());
        return layout.toString();
    }
}
