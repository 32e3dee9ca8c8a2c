package io.smokescreen.cli;

import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.api.Metric;
import io.smokescreen.api.MetricsSink;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.OperationSettings;
import io.smokescreen.cli.logging.LogConfigurator;
import io.smokescreen.cli.metrics.CompositeSink;
import io.smokescreen.cli.metrics.ExtraTags;
import io.smokescreen.cli.metrics.PrometheusSink;
import io.smokescreen.cli.metrics.ScrapeServer;
import io.smokescreen.cli.metrics.StatsdSink;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where measurements go, as the settings say: Prometheus scrapes them, statsd is sent them, both or neither. */
final class MetricExporters implements AutoCloseable {

    private static final Pattern TAG = Pattern.compile("([a-z_.*]+):([^=:]+)=(.*)");

    private final List<MetricsSink> sinks = new ArrayList<>();
    private Optional<ScrapeServer> scrapes = Optional.empty();
    private Optional<StatsdSink> statsd = Optional.empty();

    private MetricExporters() {}

    /**
     * Starts what is asked for.
     *
     * @throws io.smokescreen.api.SmokescreenException if an address cannot be used; nothing is left behind then
     */
    static MetricExporters start(Configuration configuration) {
        ExtraTags tags = extraTags(configuration);
        MetricExporters exporters = new MetricExporters();
        try {
            exporters.startStatsd(configuration, tags);
            exporters.startPrometheus(configuration, tags);
            return exporters;
        } catch (RuntimeException e) {
            exporters.close();
            throw e;
        }
    }

    /** Checks the settings of the exporters without starting any. */
    static void check(Configuration configuration) {
        extraTags(configuration);
        configuration.apply(OperationSettings.STATSD_ADDRESS, address -> address.ifPresent(StatsdSink::check));
    }

    void addTo(SmokescreenBuilder builder) {
        if (!sinks.isEmpty()) {
            builder.metricsSink(CompositeSink.of(sinks));
        }
        scrapeAddress().ifPresent(address -> builder.ownPort(address.getPort()));
    }

    /** {@return where Prometheus can scrape, if it can} */
    Optional<InetSocketAddress> scrapeAddress() {
        return scrapes.map(ScrapeServer::address);
    }

    @Override
    public void close() {
        scrapes.ifPresent(ScrapeServer::close);
        statsd.ifPresent(StatsdSink::close);
    }

    private void startStatsd(Configuration configuration, ExtraTags tags) {
        statsd = configuration
                .get(OperationSettings.STATSD_ADDRESS)
                .map(address ->
                        configuration.check(OperationSettings.STATSD_ADDRESS, () -> StatsdSink.start(address, tags)));
        statsd.ifPresent(sinks::add);
    }

    private void startPrometheus(Configuration configuration, ExtraTags tags) {
        if (!configuration.get(OperationSettings.EXPOSE_PROMETHEUS)) {
            return;
        }
        PrometheusSink prometheus = new PrometheusSink(Version.text(), tags);
        prometheus.addCounter("log_dropped", "Log lines that could not be written", LogConfigurator::droppedLines);
        statsd.ifPresent(sink -> prometheus.addCounter(
                "statsd_dropped", "Measurements that could not be sent to statsd", sink::dropped));
        ScrapeServer server = configuration.check(
                OperationSettings.EXPOSE_PROMETHEUS,
                () -> ScrapeServer.start(
                        prometheus,
                        configuration.get(OperationSettings.PROMETHEUS_LISTEN_IP),
                        configuration.get(OperationSettings.PROMETHEUS_PORT),
                        configuration.get(OperationSettings.PROMETHEUS_ENDPOINT)));
        scrapes = Optional.of(server);
        sinks.add(prometheus);
    }

    private static ExtraTags extraTags(Configuration configuration) {
        ExtraTags[] tags = {ExtraTags.none()};
        configuration.applyEach(OperationSettings.METRIC_TAGS, text -> tags[0] = withTag(tags[0], text));
        return tags[0];
    }

    private static ExtraTags withTag(ExtraTags tags, String text) {
        Matcher matcher = TAG.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a tag of a metric (expected METRIC:TAG=VALUE such as acl.allow:region=eu)");
        }
        Map<String, String> tag = Map.of(matcher.group(2), matcher.group(3));
        List<Metric> metrics =
                matcher.group(1).equals("*") ? List.of(Metric.values()) : List.of(Metric.byName(matcher.group(1)));
        ExtraTags result = tags;
        for (Metric metric : metrics) {
            result = result.withTags(metric, tag);
        }
        return result;
    }
}
