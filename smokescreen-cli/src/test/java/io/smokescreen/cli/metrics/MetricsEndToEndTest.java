package io.smokescreen.cli.metrics;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.smokescreen.AddressRules;
import io.smokescreen.Smokescreen;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Both exporters behind a running proxy, put together as the command does it. */
@Timeout(120)
class MetricsEndToEndTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final Logger requestLog = (Logger) LoggerFactory.getLogger("io.smokescreen.proxy");
    private UdpReceiver statsd;
    private StatsdSink statsdSink;
    private PrometheusSink prometheus;
    private ScrapeServer scrapes;
    private Smokescreen proxy;

    @BeforeEach
    void start() throws IOException {
        requestLog.setLevel(Level.OFF);
        statsd = UdpReceiver.start();
        statsdSink = StatsdSink.start("127.0.0.1:" + statsd.port(), ExtraTags.none());
        prometheus = new PrometheusSink("1.2.3", ExtraTags.none());
        prometheus.addCounter("statsd_dropped", "Measurements not sent to statsd", statsdSink::dropped);
        scrapes = ScrapeServer.start(prometheus, "127.0.0.1", 0, ScrapeServer.DEFAULT_PATH);
        proxy = Smokescreen.builder()
                .listen("127.0.0.1", 0)
                .addressRules(AddressRules.builder().allowRange("127.0.0.0/8").build())
                .metricsSink(CompositeSink.of(List.of(prometheus, statsdSink)))
                .timeConnect(true)
                .ownPort(scrapes.address().getPort())
                .start();
    }

    @AfterEach
    void stop() {
        requestLog.setLevel(null);
        proxy.close();
        scrapes.close();
        statsdSink.close();
        statsd.close();
    }

    @Test
    void tunnel_isMeasuredInBoth() throws Exception {
        try (ServerSocket origin = new ServerSocket(0, 1, loopback());
                Socket client = connect(origin.getLocalPort())) {
            assertThat(statusLine(client)).startsWith("HTTP/1.1 200 ");
        }

        await().atMost(LONG)
                .untilAsserted(() -> assertThat(statsd.lines())
                        .contains(
                                "smokescreen.cn.atpt.total:1|c|#success:true",
                                "smokescreen.resolver.allow.user_configured:1|c",
                                "smokescreen.cn.close:1|c|#role:unknown")
                        .anyMatch(line ->
                                line.matches("smokescreen\\.cn\\.atpt\\.connect\\.time:[0-9]+(\\.[0-9]{1,6})?\\|h")));
        assertThat(scrape())
                .contains(
                        "\nsmokescreen_cn_atpt_total{success=\"true\"} 1.0\n",
                        "\nsmokescreen_cn_close_total{role=\"unknown\"} 1.0\n",
                        "\nsmokescreen_proxy_duration_seconds_count 1\n",
                        "\nsmokescreen_cn_atpt_distinct_domains_success_rate 100.0\n",
                        "\nsmokescreen_statsd_dropped_total 0.0\n");
        assertThat(proxy.metricsFailures()).isZero();
    }

    @Test
    void metricsPort_isOutOfReachThroughTheProxy_althoughARuleAllowsItsAddress() throws Exception {
        try (Socket client = connect(scrapes.address().getPort())) {
            assertThat(statusLine(client)).startsWith("HTTP/1.1 407 ");
        }

        assertThat(scrape()).contains("\nsmokescreen_resolver_deny_self_connection_total 1.0\n");
    }

    private Socket connect(int port) throws IOException {
        Socket client = new Socket();
        client.connect(proxy.address());
        client.setSoTimeout((int) LONG.toMillis());
        String target = "127.0.0.1:" + port;
        client.getOutputStream()
                .write(("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n").getBytes(US_ASCII));
        return client;
    }

    private static String statusLine(Socket client) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = client.getInputStream().read();
                c >= 0 && c != '\n';
                c = client.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    private String scrape() throws IOException, InterruptedException {
        InetSocketAddress address = scrapes.address();
        URI uri = URI.create("http://127.0.0.1:" + address.getPort() + ScrapeServer.DEFAULT_PATH);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }
}
