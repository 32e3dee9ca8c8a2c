package io.smokescreen.cli;

import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The flags of the command for picocli, made from the settings, and back from what picocli found to texts of settings. */
final class Flags {

    static final String CONFIG_FILE = "--config-file";
    static final String HELP = "--help";

    private static final Pattern ONE_DASH = Pattern.compile("-([a-z][a-z-]+)(=.*)?", Pattern.DOTALL);
    private static final Set<String> VALUES_OF_FILES = Set.of("FILE", "DIR");

    /** Go: {@code strconv.ParseBool}. */
    private static final CommandLine.ITypeConverter<Boolean> GO_BOOLEAN = text -> switch (text) {
        case "1", "t", "T", "TRUE", "true", "True" -> true;
        case "0", "f", "F", "FALSE", "false", "False" -> false;
        default -> throw new CommandLine.TypeConversionException("'" + text + "' is neither (expected true or false)");
    };

    private Flags() {}

    /** {@return the flag that asks for help} */
    static OptionSpec help() {
        return OptionSpec.builder(HELP)
                .usageHelp(true)
                .description("Show this help text.")
                .build();
    }

    /** Adds the flag of the config file, then those of all settings. */
    static CommandSpec addTo(CommandSpec spec) {
        spec.addOption(OptionSpec.builder(CONFIG_FILE)
                .paramLabel("FILE")
                .type(Path.class)
                .description("Load configuration from FILE. Flags override values in the file.")
                .build());
        Settings.ALL.forEach(setting -> spec.addOption(option(setting)));
        return spec;
    }

    private static OptionSpec option(Setting<?> setting) {
        OptionSpec.Builder option = OptionSpec.builder(setting.flag()).description(description(setting));
        return switch (setting.shape()) {
            case SWITCH -> option.type(Boolean.class).converters(GO_BOOLEAN).build();
            case VALUE ->
                option.type(valueType(setting)).paramLabel(setting.valueName()).build();
            case LIST, ADDING_LIST ->
                option.type(List.class)
                        .auxiliaryTypes(valueType(setting))
                        .paramLabel(setting.valueName())
                        .build();
        };
    }

    /** Values are read by the settings, from their texts; the type makes shells complete names of files. */
    private static Class<?> valueType(Setting<?> setting) {
        return VALUES_OF_FILES.contains(setting.valueName()) ? Path.class : String.class;
    }

    private static String description(Setting<?> setting) {
        String repeatable = setting.isList() ? " Repeatable." : "";
        return setting.description() + repeatable + " (default: " + setting.defaultText() + ")";
    }

    /**
     * {@return the configuration of what was parsed, the config file included; flags may stand before a subcommand and after
     * it, as if all of them stood in a row}
     *
     * @param parsed what the command was given, the subcommand included
     * @throws io.smokescreen.api.ConfigurationException if anything in it is wrong
     */
    static Configuration configuration(ParseResult parsed) {
        Optional<Path> file = Optional.empty();
        Map<Setting<?>, List<String>> texts = new LinkedHashMap<>();
        for (ParseResult level = parsed; level != null; level = level.subcommand()) {
            for (Setting<?> setting : Settings.ALL) {
                if (level.hasMatchedOption(setting.flag())) {
                    texts.computeIfAbsent(setting, any -> new ArrayList<>())
                            .addAll(texts(level.matchedOption(setting.flag())));
                }
            }
            if (level.hasMatchedOption(CONFIG_FILE)) {
                file = Optional.of(level.matchedOptionValue(CONFIG_FILE, Path.of("")));
            }
        }
        return Configuration.of(file, texts);
    }

    /** The texts as they were written; a switch that stands alone has none, and what picocli made of it. */
    private static List<String> texts(OptionSpec option) {
        return option.type() == Boolean.class
                ? List.of(String.valueOf(option.<Object>getValue()))
                : option.originalStringValues();
    }

    /**
     * {@return the arguments with two dashes at each flag; Go takes one too}
     *
     * @param spec the command, with its subcommands
     */
    static String[] withTwoDashes(String[] arguments, CommandSpec spec) {
        Map<String, OptionSpec> flags = new HashMap<>(spec.optionsMap());
        spec.subcommands()
                .values()
                .forEach(each -> flags.putAll(each.getCommandSpec().optionsMap()));
        String[] result = arguments.clone();
        for (int i = 0; i < result.length && !result[i].equals("--"); i++) {
            result[i] = withTwoDashes(result[i], flags.keySet());
            OptionSpec flag = flags.get(result[i]);
            if (flag != null && flag.arity().min() > 0) {
                i++; // its value, whatever it looks like
            }
        }
        return result;
    }

    private static String withTwoDashes(String argument, Set<String> known) {
        Matcher oneDash = ONE_DASH.matcher(argument);
        boolean isFlag = oneDash.matches() && known.contains("--" + oneDash.group(1));
        return isFlag ? "-" + argument : argument;
    }
}
