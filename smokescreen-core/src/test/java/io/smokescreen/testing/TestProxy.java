package io.smokescreen.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.smokescreen.Acl;
import io.smokescreen.AddressRules;
import io.smokescreen.ResolverOptions;
import io.smokescreen.RulesSource;
import io.smokescreen.Smokescreen;
import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.api.Metric;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/**
 * A running proxy as the request vectors want it: the default rule allows {@code *.allowed.test}, 127.0.0.2 is an allow
 * range, a DNS server of our own answers. What it logs and measures is kept. One at a time for each JVM: the log is global.
 */
public final class TestProxy implements AutoCloseable {

    /** An address that an allow range opens; origins listen here. */
    public static final String OPEN_ADDRESS = "127.0.0.2";

    private static final String ACL = """
            version: v1
            services:
              - name: known
                project: team
                action: enforce
                allowed_domains: ["*.allowed.test"]
            default:
              project: fallback
              action: enforce
              allowed_domains: ["*.allowed.test"]
            """;

    /** Address rules that allow {@link #OPEN_ADDRESS}. */
    public static final AddressRules OPEN =
            AddressRules.builder().allowRange(OPEN_ADDRESS + "/32").build();

    private final TestDns dns;
    private final Smokescreen proxy;
    private final LogCapture log = new LogCapture();
    private final List<Measurement> measurements = new CopyOnWriteArrayList<>();

    /** One value that the metrics sink received. */
    public record Measurement(Metric metric, double value, List<String> tagValues) {}

    private TestProxy(Consumer<SmokescreenBuilder> customize) {
        this.dns = TestDns.start();
        SmokescreenBuilder builder = Smokescreen.builder()
                .listen("127.0.0.1", 0)
                .allowMissingRole(true)
                .resolverOptions(ResolverOptions.servers(List.of(dns.address())))
                .metricsSink((metric, value, tags) -> measurements.add(new Measurement(metric, value, tags)))
                .timeConnect(true)
                .eventLoopThreads(2);
        customize.accept(builder);
        log.attach();
        this.proxy = builder.start();
    }

    /** {@return a running proxy with the defaults above} */
    public static TestProxy start() {
        return start(builder -> {});
    }

    /** {@return a running proxy, changed as the test wants it} */
    public static TestProxy start(Consumer<SmokescreenBuilder> customize) {
        return new TestProxy(builder -> customize.accept(
                builder.aclPolicy(Acl.fromYaml("test-acl.yaml", ACL)).addressRules(OPEN)));
    }

    /** {@return a running proxy whose ACL, address rules and TLS are from there, and can be loaded again} */
    public static TestProxy reloadable(RulesSource rules) {
        return reloadable(rules, builder -> {});
    }

    /** {@return the same, changed as the test wants it} */
    public static TestProxy reloadable(RulesSource rules, Consumer<SmokescreenBuilder> customize) {
        return new TestProxy(builder -> customize.accept(builder.rules(rules)));
    }

    public Smokescreen smokescreen() {
        return proxy;
    }

    public InetSocketAddress address() {
        return proxy.address();
    }

    /** {@return a fresh connection to the proxy} */
    public RawClient connect() {
        return RawClient.connect(proxy.address());
    }

    public TestDns dns() {
        return dns;
    }

    /** {@return the decision lines so far, each as its key-values and {@code level}} */
    public List<Map<String, Object>> decisions() {
        return log.lines("CANONICAL-PROXY-DECISION");
    }

    /** {@return the close lines so far, each as its key-values and {@code level}} */
    public List<Map<String, Object>> closes() {
        return log.lines("CANONICAL-PROXY-CN-CLOSE");
    }

    public List<Measurement> measurements() {
        return measurements;
    }

    /** {@return the sum of what one metric received} */
    public double total(Metric metric) {
        return measurements.stream()
                .filter(measurement -> measurement.metric() == metric)
                .mapToDouble(Measurement::value)
                .sum();
    }

    /** {@return the last value of the gauge of requests in work} */
    public double requestsInWork() {
        return measurements.stream()
                .filter(measurement -> measurement.metric() == Metric.REQUESTS_CONCURRENT)
                .mapToDouble(Measurement::value)
                .reduce(0, (earlier, later) -> later);
    }

    @Override
    public void close() {
        proxy.close();
        log.detach();
        dns.close();
    }

    /** Keeps the events of the proxy's canonical logger. */
    private static final class LogCapture extends AppenderBase<ILoggingEvent> {

        private final Logger logger = (Logger) LoggerFactory.getLogger("io.smokescreen.proxy");
        private final ConcurrentLinkedQueue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

        void attach() {
            logger.setLevel(Level.INFO);
            logger.setAdditive(false);
            start();
            logger.addAppender(this);
        }

        void detach() {
            logger.detachAppender(this);
            stop();
        }

        List<Map<String, Object>> lines(String message) {
            return events.stream()
                    .filter(event -> event.getMessage().equals(message))
                    .map(LogCapture::fields)
                    .toList();
        }

        private static Map<String, Object> fields(ILoggingEvent event) {
            Map<String, Object> fields =
                    event.getKeyValuePairs().stream().collect(Collectors.toMap(pair -> pair.key, pair -> pair.value));
            fields.put("level", event.getLevel().toString());
            return fields;
        }

        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    }
}
