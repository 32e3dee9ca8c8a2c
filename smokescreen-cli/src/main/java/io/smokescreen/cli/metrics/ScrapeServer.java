package io.smokescreen.cli.metrics;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.smokescreen.api.Host;
import io.smokescreen.api.SmokescreenException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers Prometheus, on a port of its own and with one thread of its own, so that nobody who asks can slow the proxy. It
 * takes one {@code GET} or {@code HEAD} of one path for each connection; a connection lives {@value #CONNECTION_SECONDS}
 * seconds at most, {@value #MAX_CONNECTIONS} may be open at once, and one more is closed at once.
 */
public final class ScrapeServer implements AutoCloseable {

    /** Default address: every IPv4 interface (Go: {@code --prometheus-listen-ip}). */
    public static final String DEFAULT_LISTEN_IP = "0.0.0.0";

    /** Default port: {@value} (Go: {@code --prometheus-port}). */
    public static final int DEFAULT_PORT = 9810;

    /** Default path: {@value} (Go: {@code --prometheus-endpoint}). */
    public static final String DEFAULT_PATH = "/metrics";

    /** Open at once: {@value}. A pair of Prometheus servers and some people looking need a few. */
    static final int MAX_CONNECTIONS = 16;

    /** The life of a connection in seconds, from accept to the last byte of the response: Prometheus' scrape timeout. */
    static final int CONNECTION_SECONDS = 10;

    /** The longest request line, in bytes: {@value}. */
    static final int MAX_REQUEST_LINE_BYTES = 2 * 1024;

    /** The most bytes of header fields: {@value}. */
    static final int MAX_HEADER_BYTES = 8 * 1024;

    private static final int BACKLOG = 16;
    private static final Duration THREAD_ENDS_WITHIN = Duration.ofSeconds(5);

    private final MultiThreadIoEventLoopGroup loop;
    private final Channel listening;

    private ScrapeServer(MultiThreadIoEventLoopGroup loop, Channel listening) {
        this.loop = loop;
        this.listening = listening;
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
        return start(sink, address(ip, port), checkedPath(path), Duration.ofSeconds(CONNECTION_SECONDS));
    }

    static ScrapeServer start(PrometheusSink sink, InetSocketAddress address, String path, Duration connectionLife) {
        MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("smokescreen-metrics", true), NioIoHandler.newFactory());
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new Connections(sink, path, connectionLife))
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new SmokescreenException(
                    "cannot listen on " + Host.of(address.getAddress()).text() + " port " + address.getPort()
                            + " for Prometheus (--prometheus-listen-ip, --prometheus-port): "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return new ScrapeServer(loop, bound.channel());
    }

    /** {@return where it listens, with the port that was chosen if 0 was asked for} */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** Closes the port and what is open, and waits until the thread has ended. May be called again. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, THREAD_ENDS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(2 * THREAD_ENDS_WITHIN.toMillis());
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

    /** Counts the connections, and gives each its codec and its time. */
    private static final class Connections extends ChannelInitializer<SocketChannel> {

        private static final HttpDecoderConfig LIMITS = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES);

        private final PrometheusSink sink;
        private final String path;
        private final Duration life;
        private final AtomicInteger open = new AtomicInteger();

        Connections(PrometheusSink sink, String path, Duration life) {
            this.sink = sink;
            this.path = path;
            this.life = life;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            channel.closeFuture().addListener(closed -> open.decrementAndGet());
            if (open.incrementAndGet() > MAX_CONNECTIONS) {
                channel.close();
                return;
            }
            var deadline = channel.eventLoop().schedule(() -> channel.close(), life.toNanos(), TimeUnit.NANOSECONDS);
            channel.closeFuture().addListener(closed -> deadline.cancel(false));
            channel.pipeline().addLast(new HttpServerCodec(LIMITS), new ScrapeHandler(sink, path));
        }
    }
}
