package io.smokescreen.cli.config;

import static io.smokescreen.cli.config.Setting.define;
import static io.smokescreen.cli.config.Topic.LIMITS;
import static io.smokescreen.cli.config.Topic.LOGS;
import static io.smokescreen.cli.config.Topic.METRICS;
import static io.smokescreen.cli.config.Topic.OPERATIONS;

import io.smokescreen.cli.logging.LogFormat;
import io.smokescreen.cli.logging.LogLevel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Limits, metrics, logs and what else operators look after. */
public final class OperationSettings {

    /** Requests at once. */
    public static final Setting<Integer> MAX_CONCURRENT_REQUESTS = define(
                    LIMITS, "--max-concurrent-requests", "max_concurrent_requests")
            .takes("NUMBER")
            .means("Work on at most NUMBER requests at once; others are answered with 503. 0 is no limit.")
            .as(Texts.count(0, Integer.MAX_VALUE), 0, "0");

    /** Requests a second. */
    public static final Setting<Double> MAX_REQUEST_RATE = define(LIMITS, "--max-request-rate", "max_request_rate")
            .takes("RATE")
            .means("Take at most RATE requests a second; others are answered with 429. 0 is no limit.")
            .as(Texts::rate, 0.0, "0");

    /** Requests in a burst. */
    public static final Setting<Optional<Integer>> MAX_REQUEST_BURST = define(
                    LIMITS, "--max-request-burst", "max_request_burst")
            .takes("NUMBER")
            .means("Take at most NUMBER requests in a burst; more than the rate.")
            .asOptional(Texts.count(1, Integer.MAX_VALUE), "twice --max-request-rate");

    /** Tunnels at once. */
    public static final Setting<Integer> MAX_CONCURRENT_TUNNELS = define(
                    LIMITS, "--max-concurrent-connect-tunnels", "max_concurrent_connect_tunnels")
            .takes("NUMBER")
            .means("Keep at most NUMBER CONNECT tunnels open; others are answered with 429. 0 is no limit.")
            .as(Texts.count(0, Integer.MAX_VALUE), 0, "0");

    /** Whether Prometheus can scrape. */
    public static final Setting<Boolean> EXPOSE_PROMETHEUS = define(
                    METRICS, "--expose-prometheus-metrics", "expose_prometheus_metrics")
            .means("Expose metrics via a Prometheus scrapable endpoint.")
            .asSwitch(false);

    /** Its path. */
    public static final Setting<String> PROMETHEUS_ENDPOINT = define(
                    METRICS, "--prometheus-endpoint", "prometheus_endpoint")
            .takes("ENDPOINT")
            .means("The path of that endpoint.")
            .as(Texts::urlPath, "/metrics", "/metrics");

    /** Its port. */
    public static final Setting<Integer> PROMETHEUS_PORT = define(METRICS, "--prometheus-port", "prometheus_port")
            .takes("PORT")
            .means("The port of that endpoint; 0 takes a free one and logs it.")
            .as(Texts::listenPort, 9810, "9810");

    /** Its address. */
    public static final Setting<String> PROMETHEUS_LISTEN_IP = define(
                    METRICS, "--prometheus-listen-ip", "prometheus_listen_ip")
            .takes("IP")
            .means("The address of that endpoint.")
            .as(Texts::ip, "0.0.0.0", "0.0.0.0");

    /** Where DogStatsD listens. */
    public static final Setting<Optional<String>> STATSD_ADDRESS = define(METRICS, "--statsd-address", "statsd_address")
            .takes("ADDRESS")
            .means("Send metrics to statsd at ADDRESS (host:port), in DogStatsD's format, named smokescreen.*")
            .asOptional(Texts::some, "none are sent");

    /** Further tags. */
    public static final Setting<List<String>> METRIC_TAGS = define(METRICS, "--metric-tag", "metric_tags")
            .takes("METRIC:TAG=VALUE")
            .means("Add a tag to every value of METRIC, such as acl.allow:region=eu; '*' is every metric.")
            .asList(Texts::some, "none");

    /** Whether connecting is timed. */
    public static final Setting<Boolean> TIME_CONNECT = define(METRICS, "--time-connect", "time_connect")
            .means("Measure how long connecting to destinations takes (cn.atpt.connect.time).")
            .asSwitch(false);

    /** What is logged. */
    public static final Setting<LogLevel> LOG_LEVEL = define(LOGS, "--log-level", "log_level")
            .takes("LEVEL")
            .means("Log what is at least as grave as LEVEL: trace, debug, info, warn or error.")
            .as(Texts.constant(LogLevel.class), LogLevel.INFO, "info");

    /** How it is written. */
    public static final Setting<LogFormat> LOG_FORMAT = define(LOGS, "--log-format", "log_format")
            .takes("FORMAT")
            .means("'json': an object a line, for programs. 'text': for people at a terminal.")
            .as(Texts.constant(LogFormat.class), LogFormat.JSON, "json");

    /** Where the socket is that tells open connections. */
    public static final Setting<Optional<Path>> STATS_SOCKET_DIR = define(
                    OPERATIONS, "--stats-socket-dir", "stats_socket_dir")
            .takes("DIR")
            .means(
                    "Enable connection tracking: a Unix socket 'track-{pid}.sock' in DIR tells the open connections as JSON"
                            + " over HTTP.")
            .asOptional(Texts::path, "none");

    /** Who may use it. */
    public static final Setting<Integer> STATS_SOCKET_FILE_MODE = define(
                    OPERATIONS, "--stats-socket-file-mode", "stats_socket_file_mode")
            .takes("FILE_MODE")
            .means("Set the file mode of that socket, in octal digits.")
            .as(Texts::fileMode, 0700, "700");

    /** Whether changed files are loaded. */
    public static final Setting<Boolean> WATCH_FILES = define(OPERATIONS, "--watch-files", "watch_files")
            .means(
                    "Load the ACL, address rules, certificates and revocation lists anew when a file changes, and not only on"
                            + " SIGHUP.")
            .asSwitch(true);

    private OperationSettings() {}

    static List<Setting<?>> all() {
        return List.of(
                MAX_CONCURRENT_REQUESTS,
                MAX_REQUEST_RATE,
                MAX_REQUEST_BURST,
                MAX_CONCURRENT_TUNNELS,
                EXPOSE_PROMETHEUS,
                PROMETHEUS_ENDPOINT,
                PROMETHEUS_PORT,
                PROMETHEUS_LISTEN_IP,
                STATSD_ADDRESS,
                METRIC_TAGS,
                TIME_CONNECT,
                LOG_LEVEL,
                LOG_FORMAT,
                STATS_SOCKET_DIR,
                STATS_SOCKET_FILE_MODE,
                WATCH_FILES);
    }
}
