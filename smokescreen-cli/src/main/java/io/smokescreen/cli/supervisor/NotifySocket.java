package io.smokescreen.cli.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.smokescreen.api.ConfigurationException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The datagram socket of sd_notify(3), one message a datagram. A message that cannot be sent is a warning, as for
 * everyone who uses libsystemd: a proxy that serves is not ended for it.
 */
final class NotifySocket implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NotifySocket.class);

    private static final Duration SEND_WITHIN = Duration.ofSeconds(5);

    private final String name;
    private final DomainSocketAddress address;
    private final EventLoopGroup loop;

    /** Those whose message is not out yet. */
    private final ChannelGroup sending;

    private volatile boolean closed;

    /**
     * @param name a path, or {@code @} and the name of an abstract socket
     * @throws ConfigurationException if it is neither, or this system has no such sockets
     */
    NotifySocket(String name) {
        if (!name.startsWith("/") && !name.startsWith("@")) {
            throw new ConfigurationException(
                    "NOTIFY_SOCKET: '" + name + "' is not a socket (expected an absolute path, or '@' and a name)");
        }
        if (!Epoll.isAvailable()) {
            throw new ConfigurationException(
                    "NOTIFY_SOCKET: the epoll transport, which it needs, does not load here",
                    Epoll.unavailabilityCause());
        }
        this.name = name;
        this.address = new DomainSocketAddress(name.startsWith("@") ? "\0" + name.substring(1) : name);
        this.loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("supervisor", true), EpollIoHandler.newFactory());
        this.sending = new DefaultChannelGroup(loop.next());
    }

    /** Sends and waits for it. */
    void send(String message) {
        ChannelFuture sent = start(message);
        if (!sent.awaitUninterruptibly(SEND_WITHIN.toMillis())) {
            LOG.warn("cannot notify systemd on {} within {}", name, SEND_WITHIN);
        }
    }

    /** Sends again and again until this is closed, beginning now; not while a message before is still waiting to go out. */
    void repeat(String message, Duration interval) {
        var unused = loop.scheduleAtFixedRate(
                () -> {
                    if (!closed && sending.isEmpty()) {
                        start(message);
                    }
                },
                0,
                interval.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /** A socket for each message: whoever restarts behind the name gets the next one. */
    private ChannelFuture start(String message) {
        ChannelFuture connected = new Bootstrap()
                .group(loop)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(address);
        sending.add(connected.channel());
        connected.addListener((ChannelFutureListener) future -> {
            if (!future.isSuccess()) {
                failed(future.cause());
                return;
            }
            future.channel()
                    .writeAndFlush(Unpooled.copiedBuffer(message, UTF_8))
                    .addListener(written -> {
                        if (!written.isSuccess()) {
                            failed(written.cause());
                        }
                        future.channel().close();
                    });
        });
        return connected.channel().closeFuture();
    }

    private void failed(Throwable cause) {
        LOG.warn("cannot notify systemd on {}: {}", name, cause.toString());
    }

    @Override
    public void close() {
        closed = true;
        sending.close().awaitUninterruptibly(SEND_WITHIN.toMillis());
        loop.shutdownGracefully(0, SEND_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(SEND_WITHIN.toMillis());
    }
}
