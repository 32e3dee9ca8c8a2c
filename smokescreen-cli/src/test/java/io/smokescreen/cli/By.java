package io.smokescreen.cli;

import io.smokescreen.cli.config.ListenSettings;
import io.smokescreen.cli.config.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The two ways to give settings to the command; whatever is set, its effect is the same. */
enum By {
    FLAGS {
        @Override
        List<String> arguments(Map<Setting<?>, List<String>> settings) {
            List<String> arguments = new ArrayList<>();
            settings.forEach((setting, texts) -> texts.forEach(text -> arguments.add(setting.flag() + "=" + text)));
            return arguments;
        }
    },
    FILE {
        @Override
        List<String> arguments(Map<Setting<?>, List<String>> settings) {
            try {
                Path file = Files.createTempFile("smokescreen", ".yaml");
                file.toFile().deleteOnExit();
                return List.of("--config-file=" + Files.writeString(file, yaml(settings)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    abstract List<String> arguments(Map<Setting<?>, List<String>> settings);

    /** Gathers what to start with; listens on a free port of loopback unless told otherwise. */
    Start with(Setting<?> setting, Object... texts) {
        return new Start(this).with(setting, texts);
    }

    private static String yaml(Map<Setting<?>, List<String>> settings) {
        StringBuilder top = new StringBuilder();
        Map<String, StringBuilder> sections = new LinkedHashMap<>();
        settings.forEach((setting, texts) -> {
            int dot = setting.key().indexOf('.');
            StringBuilder target = dot < 0
                    ? top
                    : sections.computeIfAbsent(setting.key().substring(0, dot), section -> new StringBuilder());
            target.append(dot < 0 ? "" : "  ")
                    .append(setting.key().substring(dot + 1))
                    .append(": ")
                    .append(value(setting, texts))
                    .append('\n');
        });
        sections.forEach((section, lines) -> top.append(section).append(":\n").append(lines));
        return top.toString();
    }

    private static String value(Setting<?> setting, List<String> texts) {
        if (setting.isList()) {
            return texts.stream().map(By::quoted).collect(Collectors.joining(", ", "[", "]"));
        }
        return setting.shape() == Setting.Shape.SWITCH ? texts.get(0) : quoted(texts.get(0));
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** What a process is started with. */
    static final class Start {

        private final By by;
        private final Map<Setting<?>, List<String>> settings = new LinkedHashMap<>();
        private final Map<String, String> environment = new HashMap<>();

        private Start(By by) {
            this.by = by;
        }

        /** Adds a variable to its environment. */
        Start in(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        Start with(Setting<?> setting, Object... texts) {
            settings.put(setting, Arrays.stream(texts).map(String::valueOf).toList());
            return this;
        }

        /** Starts the proxy and waits until it listens. */
        ChildProcess proxy() throws IOException {
            settings.putIfAbsent(ListenSettings.IP, List.of("127.0.0.1"));
            settings.putIfAbsent(ListenSettings.PORT, List.of("0"));
            ChildProcess started = start(by.arguments(settings));
            started.lineContaining("smokescreen listening");
            return started;
        }

        /** Starts a proxy that logs nothing on that port, and waits until it listens. */
        ChildProcess started(int port) throws IOException {
            settings.put(ListenSettings.IP, List.of("127.0.0.1"));
            settings.put(ListenSettings.PORT, List.of(String.valueOf(port)));
            ChildProcess started = start(by.arguments(settings));
            started.listensOn(port);
            return started;
        }

        /** Starts what is to end by itself: with a subcommand and its arguments, or because a setting is refused. */
        ChildProcess.Ended ended(String... subcommand) throws IOException, InterruptedException {
            List<String> arguments = new ArrayList<>(List.of(subcommand));
            arguments.addAll(subcommand.length == 0 ? 0 : 1, by.arguments(settings));
            return start(arguments).end();
        }

        private ChildProcess start(List<String> arguments) throws IOException {
            return ChildProcess.of(ChildProcess.command(arguments.toArray(String[]::new)), environment);
        }
    }
}
