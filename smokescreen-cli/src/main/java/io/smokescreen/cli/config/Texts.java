package io.smokescreen.cli.config;

import io.smokescreen.api.Destination;
import io.smokescreen.api.Host;
import io.smokescreen.internal.yaml.Shown;
import io.smokescreen.internal.yaml.Spelling;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

/** From the text of a flag or a file to a value; each refusal tells the value and what was expected. */
final class Texts {

    private static final Pattern URL_PATH = Pattern.compile("/[A-Za-z0-9/._~-]*");
    private static final Pattern OCTAL = Pattern.compile("0?[0-7]{1,3}");
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,9})?");

    private Texts() {}

    /** What flags and file make of a switch. */
    static boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid(text, "is neither", "true or false");
        };
    }

    /** Takes any text but the empty one: what is left empty was hardly meant. */
    static String some(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("is empty (leave it out instead)");
        }
        return text;
    }

    /** An IP address; names are not looked up. */
    static String ip(String text) {
        if (Host.tryParse(text).flatMap(Host::address).isEmpty()) {
            throw invalid(text, "is not an IP address", "one such as 127.0.0.1 or ::1");
        }
        return text;
    }

    static Path path(String text) {
        try {
            return Path.of(some(text));
        } catch (InvalidPathException e) {
            throw invalid(text, "is not a path", "the path of a file");
        }
    }

    /** A time to wait: at least a millisecond. */
    static Duration timeout(String text) {
        Duration duration = GoDuration.parse(text);
        if (duration.toMillis() < 1) {
            throw invalid(text, "is too short", "at least 1ms");
        }
        return duration;
    }

    /** A time that may be nothing. */
    static Duration time(String text) {
        return GoDuration.parse(text);
    }

    static int listenPort(String text) {
        return number(text, 0, Destination.MAX_PORT, "a port");
    }

    static Function<String, Integer> count(int least, int most) {
        return text -> number(text, least, most, "a number");
    }

    /** The path of a URL. */
    static String urlPath(String text) {
        if (!URL_PATH.matcher(text).matches()) {
            throw invalid(text, "is not the path of a URL", "one such as /metrics");
        }
        return text;
    }

    /** A rate of events a second; 0 is none. */
    static double rate(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            throw invalid(text, "is not a rate", "a number such as 100 or 0.5");
        }
        return Double.parseDouble(text);
    }

    /** A file mode in octal digits, with or without a leading zero. */
    static int fileMode(String text) {
        if (!OCTAL.matcher(text).matches()) {
            throw invalid(text, "is not a file mode", "three octal digits such as 700");
        }
        return Integer.parseInt(text, 8);
    }

    /** One of several words. */
    static <V> Function<String, V> oneOf(List<V> values, Function<V, String> word) {
        List<String> words = values.stream().map(word).toList();
        return text -> {
            int index = words.indexOf(text);
            if (index < 0) {
                throw new IllegalArgumentException(Shown.quoted(text) + " is not known (expected "
                        + String.join(" or ", words) + Spelling.suggestion(text, words) + ")");
            }
            return values.get(index);
        };
    }

    /** One of the constants of an enum, written in lower case. */
    static <E extends Enum<E>> Function<String, E> constant(Class<E> type) {
        return oneOf(List.of(type.getEnumConstants()), value -> value.name().toLowerCase(Locale.ROOT));
    }

    private static int number(String text, int least, int most, String what) {
        boolean digits = text.matches("[0-9]{1,10}");
        long value = digits ? Long.parseLong(text) : -1;
        if (value < least || value > most) {
            throw invalid(text, "is not " + what, least + " to " + most);
        }
        return (int) value;
    }

    private static IllegalArgumentException invalid(String text, String problem, String expected) {
        return new IllegalArgumentException(Shown.quoted(text) + " " + problem + " (expected " + expected + ")");
    }
}
