package io.smokescreen.cli.metrics;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.smokescreen.api.Host;
import io.smokescreen.api.SmokescreenException;
import io.smokescreen.cli.http.AnswerServer;
import io.smokescreen.cli.http.Answers;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Answers Prometheus, on a port of its own, within the limits of {@link AnswerServer}. */
public final class ScrapeServer implements AutoCloseable {

    /** Default address: every IPv4 interface (Go: {@code --prometheus-listen-ip}). */
    public static final String DEFAULT_LISTEN_IP = "0.0.0.0";

    /** Default port: {@value} (Go: {@code --prometheus-port}). */
    public static final int DEFAULT_PORT = 9810;

    /** Default path: {@value} (Go: {@code --prometheus-endpoint}). */
    public static final String DEFAULT_PATH = "/metrics";

    private final AnswerServer server;

    private ScrapeServer(AnswerServer server) {
        this.server = server;
    }

    /**
     * Binds and starts to answer.
     *
     * @param sink what is asked for
     * @param ip an address of this machine
     * @param port 1 to 65535, or 0 for a free one ({@link #address()} tells which)
     * @param path what to ask for, starting with {@code /}
     * @return the server, listening
     * @throws IllegalArgumentException if the address is not an IP address, the port is out of range or the path is none
     * @throws SmokescreenException if the address cannot be listened on
     */
    public static ScrapeServer start(PrometheusSink sink, String ip, int port, String path) {
        requireNonNull(sink, "sink");
        return start(sink, address(ip, port), checkedPath(path), Duration.ofSeconds(AnswerServer.CONNECTION_SECONDS));
    }

    static ScrapeServer start(PrometheusSink sink, InetSocketAddress address, String path, Duration connectionLife) {
        try {
            return new ScrapeServer(
                    AnswerServer.start(address, "smokescreen-metrics", new Scrape(sink, path), connectionLife));
        } catch (IOException e) {
            throw new SmokescreenException(
                    "cannot listen on " + Host.of(address.getAddress()).text() + " port " + address.getPort()
                            + " for Prometheus (--prometheus-listen-ip, --prometheus-port): " + e.getMessage(),
                    e);
        }
    }

    /** {@return where it listens, with the port that was chosen if 0 was asked for} */
    public InetSocketAddress address() {
        return server.address();
    }

    /** Closes the port and what is open, and waits until the thread has ended. May be called again. */
    @Override
    public void close() {
        server.close();
    }

    private static InetSocketAddress address(String ip, int port) {
        InetAddress address = Host.tryParse(ip)
                .flatMap(Host::address)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + ip + "' is not an IP address (expected one such as '0.0.0.0')"));
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("'" + port + "' is not a port (expected 0 to 65535)");
        }
        return new InetSocketAddress(address, port);
    }

    private static String checkedPath(String path) {
        boolean visible = US_ASCII.newEncoder().canEncode(path) && path.chars().allMatch(c -> c > 0x20 && c < 0x7f);
        if (!path.startsWith("/") || !visible || path.contains("?") || path.contains("#")) {
            throw new IllegalArgumentException(
                    "'" + path + "' is not a path (expected '/' and visible ASCII without '?' and '#')");
        }
        return path;
    }

    /** The answer to the one path. */
    private record Scrape(PrometheusSink sink, String path) implements Answers {

        @Override
        public boolean knows(String asked) {
            return path.equals(asked);
        }

        @Override
        public String write(String accept, OutputStream out) throws IOException {
            return sink.write(accept, out);
        }
    }
}
