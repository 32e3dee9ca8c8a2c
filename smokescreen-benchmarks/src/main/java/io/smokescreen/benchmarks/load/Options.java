package io.smokescreen.benchmarks.load;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says.
 *
 * @param target the backend, as the contenders are told to reach it
 * @param contenders A and, where there is one, B
 * @param works the rows to measure
 * @param warmUp how long each contender is loaded before each row
 * @param sample how long one measurement lasts
 * @param pairs how many measurements each contender gets for a row
 */
record Options(
        String target, List<Contender> contenders, List<Work> works, Duration warmUp, Duration sample, int pairs) {

    static final String USAGE = """
            LoadTest backend --port PORT
            LoadTest --target HOST:PORT --proxy HOST:PORT --pid PID [options]
              --target HOST:PORT   the backend, as the proxy shall reach it
              --proxy HOST:PORT    contender A; --pid PID the process whose CPU time counts
              --mode proxy|relay   proxy: CONNECT and absolute-form; relay: neither, it knows its target (default proxy)
              --http HOST:PORT     where it takes plain HTTP (default: as --proxy)
              --b-proxy, --b-pid, --b-mode, --b-http   the same for contender B; tcp and http are words for relay
              --rows NAME,...      connect,round_trip,download,upload,http (default all)
              --warm-up SECONDS    before each row (default 30)
              --seconds SECONDS    of each measurement (default 10)
              --pairs COUNT        measurements of each contender and row (default 5)""";

    private static final Set<String> NAMES = Set.of(
            "--target",
            "--proxy",
            "--pid",
            "--mode",
            "--http",
            "--b-proxy",
            "--b-pid",
            "--b-mode",
            "--b-http",
            "--rows",
            "--warm-up",
            "--seconds",
            "--pairs");

    static Options parse(String... args) {
        Map<String, String> values = values(args, 0, NAMES);
        List<Contender> contenders = new ArrayList<>();
        contenders.add(contender("A", "--", values));
        if (values.containsKey("--b-proxy")) {
            contenders.add(contender("B", "--b-", values));
        }
        return new Options(
                required(values, "--target"),
                List.copyOf(contenders),
                works(values.get("--rows")),
                seconds(values, "--warm-up", "30"),
                seconds(values, "--seconds", "10"),
                (int) number(values.getOrDefault("--pairs", "5"), "--pairs"));
    }

    static int backendPort(String... args) {
        return (int) number(required(values(args, 1, Set.of("--port")), "--port"), "--port");
    }

    private static Contender contender(String name, String prefix, Map<String, String> values) {
        String proxy = required(values, prefix + "proxy");
        String http = values.getOrDefault(prefix + "http", proxy);
        String mode = values.getOrDefault(prefix + "mode", "proxy");
        return new Contender(
                name,
                mode(mode),
                address(proxy),
                address(http),
                number(required(values, prefix + "pid"), prefix + "pid"));
    }

    private static Contender.Mode mode(String text) {
        return switch (text) {
            case "proxy" -> Contender.Mode.PROXY;
            case "relay", "tcp", "http" -> Contender.Mode.RELAY;
            default -> throw new IllegalArgumentException("mode '" + text + "' (expected proxy or relay)");
        };
    }

    private static List<Work> works(@Nullable String names) {
        if (names == null) {
            return List.of(Work.values());
        }
        return Arrays.stream(names.split(",", -1))
                .map(name -> Work.valueOf(name.toUpperCase(Locale.ROOT)))
                .toList();
    }

    private static Map<String, String> values(String[] args, int from, Set<String> known) {
        Map<String, String> values = new HashMap<>();
        for (int i = from; i < args.length; i += 2) {
            if (!known.contains(args[i]) || i + 1 == args.length) {
                throw new IllegalArgumentException("'" + args[i] + "' (expected an option and its value)");
            }
            values.put(args[i], args[i + 1]);
        }
        return values;
    }

    private static String required(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    private static long number(String text, String name) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is '" + text + "' (expected a number)", e);
        }
    }

    private static Duration seconds(Map<String, String> values, String name, String otherwise) {
        return Duration.ofMillis(Math.round(Double.parseDouble(values.getOrDefault(name, otherwise)) * 1_000));
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("'" + text + "' (expected host:port)");
        }
        return new InetSocketAddress(text.substring(0, colon), (int) number(text.substring(colon + 1), "port"));
    }
}
