package io.smokescreen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are made from the list of settings, and kept in the repository for people to read. */
class GeneratedFilesTest {

    private static final Path ROOT = Path.of("..");
    private static final Path OPERATIONS = ROOT.resolve("docs/operations.md");
    private static final Path SAMPLE = ROOT.resolve("smokescreen-dist/src/dist/config/smokescreen.yaml");

    /** With this property set, the files are written before they are compared. */
    private static final String REGENERATE = "smokescreen.regenerate";

    private static final String HOW =
            "made from the list of settings; to write it anew: mvn test -pl smokescreen-cli -am"
                    + " -Dtest=GeneratedFilesTest -Dsurefire.failIfNoSpecifiedTests=false -D" + REGENERATE;

    private static final Pattern TABLE =
            Pattern.compile("(?<=<!-- options: begin -->\n\n).*(?=\n<!-- options: end -->\n)", Pattern.DOTALL);
    private static final Pattern COMMENTED_KEY = Pattern.compile("#((?: {2})?[a-z][a-z0-9_]*:(?: .*)?)");

    @BeforeAll
    static void write_the_files_if_asked_to() throws IOException {
        if (System.getProperty(REGENERATE) != null) {
            Files.writeString(SAMPLE, SampleConfig.text());
            Matcher table = TABLE.matcher(Files.readString(OPERATIONS));
            Files.writeString(OPERATIONS, table.replaceFirst(Matcher.quoteReplacement(OptionsTable.text())));
        }
    }

    @Test
    void the_table_of_options_is_that_of_the_code() throws IOException {
        Matcher table = TABLE.matcher(Files.readString(OPERATIONS));

        assertThat(table.find()).as("the comments that enclose the table").isTrue();
        assertThat(table.group()).as(HOW).isEqualTo(OptionsTable.text());
    }

    @Test
    void the_sample_config_file_is_that_of_the_code() throws IOException {
        assertThat(Files.readString(SAMPLE)).as(HOW).isEqualTo(SampleConfig.text());
    }

    @Test
    void the_sample_config_file_has_each_key_and_changes_nothing() {
        assertThat(keys(SampleConfig.text()))
                .containsExactlyElementsOf(
                        Settings.ALL.stream().map(Setting::key).toList());

        Configuration sample = Configuration.of(Optional.of(SAMPLE), Map.of());

        assertThat(sample.differences(Configuration.of(Optional.empty(), Map.of())))
                .isEmpty();
    }

    /** A default that is shown is one that can be written. */
    @Test
    void each_default_in_the_sample_config_file_can_be_set(@TempDir Path folder) throws IOException {
        StringBuilder file = new StringBuilder();
        int lines = 0;
        for (Setting<?> setting : Settings.ALL) {
            if (SampleConfig.isLiteral(setting) && !setting.key().contains(".")) {
                file.append(lineOf(setting.key())).append('\n');
                lines++;
            }
        }
        Path uncommented = Files.writeString(folder.resolve("smokescreen.yaml"), file);

        Configuration read = Configuration.of(Optional.of(uncommented), Map.of());

        assertThat(Settings.ALL.stream().filter(read::isGiven)).hasSize(lines).hasSizeGreaterThan(20);
        assertThat(read.differences(Configuration.of(Optional.empty(), Map.of())))
                .isEmpty();
    }

    private static String lineOf(String key) {
        return SampleConfig.text()
                .lines()
                .map(line -> line.replaceFirst("^#", ""))
                .filter(line -> line.startsWith(key + ":"))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> keys(String file) {
        String[] section = {""};
        return file.lines()
                .map(line -> line.startsWith("port:") ? "#" + line : line)
                .map(COMMENTED_KEY::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .map(line -> {
                    String key = line.strip().replaceFirst(":.*", "");
                    if (line.endsWith(":")) {
                        section[0] = key + ".";
                        return "";
                    }
                    return line.startsWith(" ") ? section[0] + key : key;
                })
                .filter(key -> !key.isEmpty())
                .toList();
    }
}
