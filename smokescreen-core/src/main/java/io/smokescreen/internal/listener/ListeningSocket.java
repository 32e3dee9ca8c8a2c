package io.smokescreen.internal.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.smokescreen.api.Host;
import io.smokescreen.api.SmokescreenException;
import java.net.InetSocketAddress;
import java.util.function.UnaryOperator;

/** Where connections come in: an address to bind, or a socket that a supervisor bound and handed over. */
public final class ListeningSocket {

    private static final int BACKLOG = 4_096;

    private final InetSocketAddress address;
    private final String name;
    private final UnaryOperator<ServerBootstrap> source;
    private final boolean bound;

    private ListeningSocket(
            InetSocketAddress address, String name, UnaryOperator<ServerBootstrap> source, boolean bound) {
        this.address = address;
        this.name = name;
        this.source = source;
        this.bound = bound;
    }

    /** {@return one that is yet to be bound} */
    public static ListeningSocket toBind(InetSocketAddress address, IoTransport transport) {
        String name = Host.of(address.getAddress()).text() + " port " + address.getPort();
        return new ListeningSocket(
                address,
                name,
                bootstrap -> bootstrap
                        .channelFactory(transport.servers())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true),
                false);
    }

    /**
     * {@return one that listens already; its backlog and options are those that its maker gave it}
     *
     * @throws SmokescreenException if the descriptor is not a listening TCP socket, or the transport cannot use it
     */
    public static ListeningSocket inherited(int descriptor, IoTransport transport) {
        var channels = transport.inheritedServers();
        if (channels == null) {
            throw new SmokescreenException("cannot listen on descriptor " + descriptor + " with the transport "
                    + transport.name() + " (inherited descriptors need epoll, thus Linux)");
        }
        InetSocketAddress address = InheritedSocket.prepare(descriptor);
        return new ListeningSocket(
                address,
                "descriptor " + descriptor,
                bootstrap -> bootstrap.channelFactory(() -> channels.apply(descriptor)),
                true);
    }

    /** {@return the port; 0 if it is yet to be chosen} */
    public int port() {
        return address.getPort();
    }

    /**
     * Starts to accept.
     *
     * @throws SmokescreenException if that fails
     */
    Channel open(ServerBootstrap bootstrap) {
        ServerBootstrap ready = source.apply(bootstrap);
        ChannelFuture opened = (bound ? ready.register() : ready.bind(address)).awaitUninterruptibly();
        if (!opened.isSuccess()) {
            throw new SmokescreenException(
                    "cannot listen on " + name + ": " + opened.cause().getMessage(), opened.cause());
        }
        return opened.channel();
    }
}
