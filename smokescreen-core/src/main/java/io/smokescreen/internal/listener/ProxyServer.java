package io.smokescreen.internal.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.smokescreen.api.Host;
import io.smokescreen.api.SmokescreenException;
import io.smokescreen.internal.exchange.ConnectionEvent;
import io.smokescreen.internal.track.OpenConnection;
import io.smokescreen.internal.track.Tracker;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listening socket and the connections that came through it. */
public final class ProxyServer {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);

    private static final int BACKLOG = 4_096;
    private static final Duration CUT_WITHIN = Duration.ofSeconds(5);

    private final Channel listening;
    private final ClientChannels clients;
    private final Tracker tracker;

    private ProxyServer(Channel listening, ClientChannels clients, Tracker tracker) {
        this.listening = listening;
        this.clients = clients;
        this.tracker = tracker;
    }

    /**
     * Binds and starts to accept.
     *
     * @throws SmokescreenException if the address cannot be listened on
     */
    public static ProxyServer listen(
            InetSocketAddress address,
            IoTransport transport,
            EventLoopGroup loops,
            ClientPipeline pipeline,
            Tracker tracker) {
        ClientChannels clients = new ClientChannels();
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channelFactory(transport.servers())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .handler(new AcceptFailures())
                .childHandler(pipeline.initializer(clients))
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            String ip = Host.of(address.getAddress()).text();
            throw new SmokescreenException(
                    "cannot listen on " + ip + " port " + address.getPort() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return new ProxyServer(bound.channel(), clients, tracker);
    }

    /** {@return where it listens} */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /**
     * Accepts nothing more, lets what is in work end, and waits for that.
     *
     * @param limit how long to wait
     * @return whether everything ended in time
     */
    public boolean drain(Duration limit) throws InterruptedException {
        listening.close().sync();
        clients.noMore();
        clients.forEach(channel -> channel.pipeline().fireUserEventTriggered(ConnectionEvent.DRAIN));
        return clients.awaitEmpty(limit);
    }

    /**
     * Closes everything that is still open, destinations first, so that their close lines tell why: an event loop that shuts
     * down would close its channels before it runs its last tasks.
     */
    public void close() {
        listening.close().awaitUninterruptibly();
        clients.noMore();
        tracker.open().stream()
                .map(OpenConnection::cut)
                .toList()
                .forEach(written -> written.awaitUninterruptibly(CUT_WITHIN.toMillis()));
        clients.forEach(Channel::close);
    }

    /** Says once per pause that connections cannot be accepted; the acceptor behind it makes the pause. */
    @Sharable
    private static final class AcceptFailures extends ChannelInboundHandlerAdapter {

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            LOG.warn("cannot accept connections for now: {}", cause.toString());
            ctx.fireExceptionCaught(cause);
        }
    }
}
