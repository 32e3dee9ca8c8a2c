package io.smokescreen.internal.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import io.smokescreen.api.SmokescreenException;
import io.smokescreen.internal.exchange.ConnectionEvent;
import io.smokescreen.internal.track.Tracker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listening socket and the connections that came through it. */
public final class ProxyServer {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Channel listening;
    private final EventLoopGroup loops;
    private final ClientChannels clients;
    private final Tracker tracker;

    private ProxyServer(Channel listening, EventLoopGroup loops, ClientChannels clients, Tracker tracker) {
        this.listening = listening;
        this.loops = loops;
        this.clients = clients;
        this.tracker = tracker;
    }

    /**
     * Starts to accept.
     *
     * @throws SmokescreenException if the socket cannot be listened on
     */
    public static ProxyServer listen(
            ListeningSocket socket, EventLoopGroup loops, ClientPipeline pipeline, Tracker tracker) {
        ClientChannels clients = new ClientChannels();
        Channel listening = socket.open(new ServerBootstrap()
                .group(loops)
                .handler(new AcceptFailures())
                .childHandler(pipeline.initializer(clients)));
        return new ProxyServer(listening, loops, clients, tracker);
    }

    /** {@return where it listens} */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /**
     * Accepts nothing more, lets what is in work end, and waits for that.
     *
     * @param limit how long to wait
     * @param idle a tunnel that carried nothing for so long is not waited for
     * @return whether nothing but such tunnels was left in time
     */
    public boolean drain(Duration limit, Duration idle) throws InterruptedException {
        stopAccepting();
        clients.forEach(channel -> channel.pipeline().fireUserEventTriggered(ConnectionEvent.DRAIN));
        return new Drain(tracker::open, clients::count, idle, System::nanoTime).await(limit, clients::awaitEmpty);
    }

    /**
     * Closes everything that is still open, destinations first, so that their close lines tell why, and waits for it: an event
     * loop that shuts down closes its channels before it runs its last tasks, and those that come with these not at all.
     *
     * @param idle a tunnel that carried nothing for so long was not active
     */
    public void close(Duration idle) {
        stopAccepting();
        awaitEach(tracker.open().stream().map(each -> each.cut(idle)).toList());
        clients.forEach(Channel::close);
        try {
            clients.awaitEmpty(CLOSE_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the event loops close what is left
        }
    }

    /** Accepts nothing more; what was accepted before is among the clients when this returns. */
    private void stopAccepting() {
        listening.close().awaitUninterruptibly();
        List<Future<?>> registrations = new ArrayList<>();
        loops.forEach(loop -> registrations.add(loop.submit(() -> {})));
        awaitEach(registrations);
        clients.noMore();
    }

    private static void awaitEach(List<? extends Future<?>> futures) {
        long deadline = System.nanoTime() + CLOSE_WITHIN.toNanos();
        futures.forEach(future -> future.awaitUninterruptibly(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
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
