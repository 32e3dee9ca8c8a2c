package io.smokescreen.internal.upstream;

import io.netty.channel.EventLoop;
import io.smokescreen.internal.address.Cancellable;
import io.smokescreen.internal.tls.UpstreamTls;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Opens the connections that exchanges need: a socket to a vetted address, TLS with the next hop, a tunnel through it, TLS with
 * the destination, as far as route and purpose ask for them. Safe from any event loop.
 */
public final class Connector {

    private final Dialer dialer;
    private final Duration timeout;
    private final UpstreamTls origins;
    private final UpstreamTls nextHops;
    private final NextHopHooks hooks;

    /**
     * @param dialer connects sockets to vetted addresses
     * @param timeout everything together
     * @param origins TLS towards destinations
     * @param nextHops TLS towards next hops
     * @param hooks the application's, for next hops
     */
    public Connector(Dialer dialer, Duration timeout, UpstreamTls origins, UpstreamTls nextHops, NextHopHooks hooks) {
        this.dialer = dialer;
        this.timeout = timeout;
        this.origins = origins;
        this.nextHops = nextHops;
        this.hooks = hooks;
    }

    /**
     * Opens a connection. Call it on the event loop.
     *
     * <p>The channel that comes of it belongs to the callee and is not asked to read yet. After a CONNECT for a {@link
     * Purpose#TUNNEL} its pipeline holds a {@link io.smokescreen.internal.request.ResponseDecoder} and Netty's request encoder:
     * what the next hop sent right behind its answer waits in the decoder, and comes out when that is removed.
     *
     * <p>Where there is TLS, what reads from the channel sees the end of the input ({@link
     * io.netty.channel.socket.ChannelInputShutdownEvent}) with the server's close_notify. A connection that ends without one is
     * cut: that is an exception and a closed channel (RFC 9112 §9.8).
     *
     * @param order what is needed
     * @param loop the event loop of the channel to be made
     * @param done called on the event loop, exactly once unless it is cancelled
     * @return what is under way, to cancel it
     */
    public Cancellable connect(Order order, EventLoop loop, Consumer<DialResult> done) {
        boolean socketIsAll = order.route() instanceof Route.Direct && order.purpose() != Purpose.HTTPS;
        if (socketIsAll) {
            return dialer.dial(order.route().addresses(), loop, done);
        }
        Opening opening = new Opening(this, order, loop, done);
        opening.start();
        return opening;
    }

    Dialer dialer() {
        return dialer;
    }

    Duration timeout() {
        return timeout;
    }

    UpstreamTls origins() {
        return origins;
    }

    UpstreamTls nextHops() {
        return nextHops;
    }

    NextHopHooks hooks() {
        return hooks;
    }
}
