package io.smokescreen.internal.listener;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.smokescreen.api.SmokescreenException;
import java.util.function.IntFunction;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * How sockets are driven, and the options that every TCP connection of the proxy has, towards clients as towards
 * destinations.
 *
 * @param name for people
 * @param loops drives the event loops
 * @param servers makes listening channels
 * @param inheritedServers makes a listening channel of a descriptor that listens already; null: not with this transport
 * @param sockets makes TCP channels towards destinations, configured and not registered
 * @param datagrams makes UDP channels
 * @param plainSockets makes TCP channels as Netty makes them, for its own clients: they rely on automatic reading
 */
public record IoTransport(
        String name,
        IoHandlerFactory loops,
        ChannelFactory<? extends ServerSocketChannel> servers,
        @Nullable IntFunction<? extends ServerSocketChannel> inheritedServers,
        ChannelFactory<? extends SocketChannel> sockets,
        ChannelFactory<? extends DatagramChannel> datagrams,
        ChannelFactory<? extends SocketChannel> plainSockets) {

    private static final int KEEP_ALIVE_SECONDS = 15;
    private static final int KEEP_ALIVE_PROBES = 9;

    /** How much may wait to be written before the other side is no longer read, in bytes. */
    private static final WriteBufferWaterMark WRITE_BUFFER = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    /**
     * The largest single read, in bytes; the size adapts to what comes. With it a gigabyte through a tunnel costs 0.77
     * (download) and 0.74 (upload) of the CPU time that it costs with Netty's 64 KiB; 1 MiB brings no more.
     */
    private static final int MAX_READ = 512 * 1024;

    private static final int MIN_READ = 64;
    private static final int FIRST_READ = 2 * 1024;

    /** {@return epoll where its native part loads, else NIO} */
    public static IoTransport best() {
        return Epoll.isAvailable() ? epoll() : nio();
    }

    /**
     * {@return Linux epoll}
     *
     * @throws SmokescreenException if its native part does not load
     */
    public static IoTransport epoll() {
        if (!Epoll.isAvailable()) {
            throw new SmokescreenException(
                    "the epoll transport does not load here (NIO works everywhere)", Epoll.unavailabilityCause());
        }
        return new IoTransport(
                "epoll",
                KeepRegisteredEpoll.newFactory(),
                EpollServerSocketChannel::new,
                EpollServerSocketChannel::new,
                () -> configured(new EpollSocketChannel()),
                EpollDatagramChannel::new,
                EpollSocketChannel::new);
    }

    /** {@return the JDK's selectors} */
    public static IoTransport nio() {
        return new IoTransport(
                "nio",
                NioIoHandler.newFactory(),
                NioServerSocketChannel::new,
                null,
                () -> configured(new NioSocketChannel()),
                NioDatagramChannel::new,
                NioSocketChannel::new);
    }

    /** Sets the options of a TCP connection: half-close, keep-alive, no delay, buffers, reading off. */
    public static <C extends Channel> C configured(C channel) {
        try {
            configure(channel);
            return channel;
        } catch (RuntimeException e) {
            channel.unsafe().closeForcibly(); // it has a descriptor already, and nobody else knows of it
            throw e;
        }
    }

    private static void configure(Channel channel) {
        ChannelConfig config = channel.config();
        config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        config.setOption(ChannelOption.TCP_NODELAY, true);
        config.setOption(ChannelOption.SO_KEEPALIVE, true);
        config.setWriteBufferWaterMark(WRITE_BUFFER);
        config.setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(MIN_READ, FIRST_READ, MAX_READ));
        config.setAutoRead(false);
        if (channel instanceof EpollSocketChannel) {
            config.setOption(EpollChannelOption.TCP_KEEPIDLE, KEEP_ALIVE_SECONDS);
            config.setOption(EpollChannelOption.TCP_KEEPINTVL, KEEP_ALIVE_SECONDS);
            config.setOption(EpollChannelOption.TCP_KEEPCNT, KEEP_ALIVE_PROBES);
        } else {
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), KEEP_ALIVE_SECONDS);
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), KEEP_ALIVE_SECONDS);
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), KEEP_ALIVE_PROBES);
        }
    }
}
