package io.smokescreen.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The option list of {@code --help}, in groups: the command's own options, then each mixin's under its heading. Picocli's
 * own groups are no choice: a group whose options are not given in one go loses the values of all but its last part.
 */
final class GroupedOptions {

    private GroupedOptions() {}

    static String render(Help help) {
        CommandSpec command = help.commandSpec();
        List<OptionSpec> own = new ArrayList<>(command.options());
        StringBuilder groups = new StringBuilder();
        for (CommandSpec mixin : command.mixins().values()) {
            own.removeIf(option -> mixin.findOption(option.longestName()) != null);
            groups.append(help.createHeading(mixin.usageMessage().optionListHeading()))
                    .append(list(help, mixin.options()));
        }
        return list(help, own) + groups;
    }

    private static String list(Help help, List<OptionSpec> options) {
        Help.Layout layout = help.createDefaultLayout();
        layout.addOptions(options, help.createDefaultParamLabelRenderer());
        return layout.toString();
    }
}
