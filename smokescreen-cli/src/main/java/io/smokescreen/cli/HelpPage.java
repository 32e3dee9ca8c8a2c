package io.smokescreen.cli;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_OPTION_LIST;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_PARAMETER_LIST_HEADING;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * What {@code --help} prints around the list of options.
 *
 * @param synopsis how to call it, in lines
 * @param description what it does, a paragraph
 * @param footer what else there is to know, in lines
 */
record HelpPage(String synopsis, String description, String footer) {

    /** {@return the specification, with this help} */
    CommandSpec on(CommandSpec spec) {
        UsageMessageSpec usage = spec.usageMessage();
        usage.customSynopsis(lines(synopsis)).footer(lines("\n" + footer));
        usage.descriptionHeading("%n").description(literal(description));
        usage.commandListHeading("%nSubcommands:%n").parameterListHeading("%nParameters:%n");
        usage.sortOptions(false).autoWidth(true);
        usage.sectionMap().put(SECTION_KEY_OPTION_LIST, GroupedOptions::render);
        usage.sectionKeys(subcommandsFirst(usage.sectionKeys()));
        return spec;
    }

    /** There are few subcommands and many options: what stands after the options is not found. */
    private static List<String> subcommandsFirst(List<String> keys) {
        List<String> subcommands = List.of(SECTION_KEY_COMMAND_LIST_HEADING, SECTION_KEY_COMMAND_LIST);
        List<String> ordered = new ArrayList<>(keys);
        ordered.removeAll(subcommands);
        ordered.addAll(ordered.indexOf(SECTION_KEY_PARAMETER_LIST_HEADING), subcommands);
        return ordered;
    }

    private static String[] lines(String text) {
        return literal(text).split("\n", -1);
    }

    /** These texts are formats to picocli. */
    private static String literal(String text) {
        return text.replace("%", "%%");
    }
}
