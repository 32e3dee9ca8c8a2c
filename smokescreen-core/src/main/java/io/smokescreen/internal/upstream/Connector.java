package io.smokescreen.internal.upstream;

import io.netty.channel.EventLoop;
import io.smokescreen.internal.address.Cancellable;
import java.util.function.Consumer;

/** Opens the connections that exchanges need, directly or through a next hop. Safe from any event loop. */
public final class Connector {

    private final Dialer dialer;

    /**
     * @param dialer connects sockets to vetted addresses
     */
    public Connector(Dialer dialer) {
        this.dialer = dialer;
    }

    /**
     * Opens a connection. Call it on the event loop.
     *
     * @param order what is needed
     * @param loop the event loop of the channel to be made
     * @param done called on the event loop, exactly once unless it is cancelled; the channel then belongs to the callee
     * @return what is under way, to cancel it
     */
    public Cancellable connect(Order order, EventLoop loop, Consumer<DialResult> done) {
        if (order.route() instanceof Route.Via || order.purpose() == Purpose.HTTPS) {
            throw new UnsupportedOperationException(order.purpose() + " by " + order.route());
        }
        return dialer.dial(order.route().addresses(), loop, done);
    }
}
