package io.smokescreen.cli;

import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The flags of the command for picocli, made from the settings, and back from what picocli found to texts of settings. */
final class Flags {

    static final String CONFIG_FILE = "--config-file";
    static final String HELP = "--help";
    static final String VERSION = "--version";

    /** Those that stand alone; all others take a value. */
    private static final Set<String> ALONE = Settings.ALL.stream()
            .filter(setting -> setting.shape() == Setting.Shape.SWITCH)
            .map(Setting::flag)
            .collect(Collectors.toUnmodifiableSet());

    private static final Set<String> WITH_VALUE = Settings.ALL.stream()
            .map(Setting::flag)
            .filter(flag -> !ALONE.contains(flag))
            .collect(Collectors.toUnmodifiableSet());

    private static final Pattern ONE_DASH = Pattern.compile("-([a-z][a-z-]+)(=.*)?", Pattern.DOTALL);

    private Flags() {}

    /** Adds the flags of the command itself, then those of all settings. */
    static CommandSpec addTo(CommandSpec spec) {
        spec.addOption(OptionSpec.builder(HELP)
                .usageHelp(true)
                .description("Show this help text.")
                .build());
        spec.addOption(OptionSpec.builder("-v", VERSION)
                .versionHelp(true)
                .description("Print the version.")
                .build());
        spec.addOption(OptionSpec.builder(CONFIG_FILE)
                .paramLabel("FILE")
                .type(String.class)
                .description("Load configuration from FILE. Flags override values in the file.")
                .build());
        Settings.ALL.forEach(setting -> spec.addOption(option(setting)));
        return spec;
    }

    private static OptionSpec option(Setting<?> setting) {
        OptionSpec.Builder option = OptionSpec.builder(setting.flag()).description(description(setting));
        return switch (setting.shape()) {
            case SWITCH -> option.type(Boolean.class).build();
            case VALUE ->
                option.type(String.class).paramLabel(setting.valueName()).build();
            case LIST, ADDING_LIST ->
                option.type(List.class)
                        .auxiliaryTypes(String.class)
                        .paramLabel(setting.valueName())
                        .build();
        };
    }

    private static String description(Setting<?> setting) {
        String repeatable = setting.isList() ? " Repeatable." : "";
        return setting.description() + repeatable + " (default: " + setting.defaultText() + ")";
    }

    /**
     * {@return the configuration of what was parsed, the config file included}
     *
     * @throws io.smokescreen.api.ConfigurationException if anything in it is wrong
     */
    static Configuration configuration(ParseResult parsed) {
        Map<Setting<?>, List<String>> texts = new LinkedHashMap<>();
        for (Setting<?> setting : Settings.ALL) {
            if (parsed.hasMatchedOption(setting.flag())) {
                texts.put(setting, texts(parsed.matchedOption(setting.flag())));
            }
        }
        return Configuration.of(configFile(parsed), texts);
    }

    private static Optional<Path> configFile(ParseResult parsed) {
        return Optional.ofNullable(parsed.matchedOptionValue(CONFIG_FILE, (String) null))
                .map(Path::of);
    }

    /** The texts as they were written; a switch that stands alone has none, and what picocli made of it. */
    private static List<String> texts(OptionSpec option) {
        return option.type() == Boolean.class
                ? List.of(String.valueOf(option.<Object>getValue()))
                : option.originalStringValues();
    }

    /** Go takes a flag with one dash too. */
    static String[] withTwoDashes(String[] arguments) {
        List<String> result = new ArrayList<>(arguments.length);
        String before = "";
        for (String argument : arguments) {
            boolean isValue = WITH_VALUE.contains(before) || before.equals(CONFIG_FILE);
            String spelled = isValue ? argument : withTwoDashes(argument);
            result.add(spelled);
            before = isValue ? "" : spelled;
        }
        return result.toArray(String[]::new);
    }

    private static String withTwoDashes(String argument) {
        Matcher oneDash = ONE_DASH.matcher(argument);
        if (!oneDash.matches()) {
            return argument;
        }
        String flag = "--" + oneDash.group(1);
        boolean known = WITH_VALUE.contains(flag)
                || ALONE.contains(flag)
                || Set.of(HELP, VERSION, CONFIG_FILE).contains(flag);
        return known ? "-" + argument : argument;
    }
}
