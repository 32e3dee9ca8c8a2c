package io.smokescreen.internal.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.smokescreen.internal.address.VettedAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Connects to vetted addresses, and to nothing else: a {@link VettedAddress} is all it takes. Safe from any event loop.
 */
public final class Dialer {

    private final Sockets sockets;
    private final Duration timeout;

    /**
     * @param channels makes a channel that is configured and not registered yet
     * @param timeout all addresses of one destination together
     */
    public Dialer(ChannelFactory<? extends Channel> channels, Duration timeout) {
        this(new NettySockets(channels), timeout);
    }

    /**
     * @param dialer opens the connections
     * @param timeout all addresses of one destination together
     */
    public Dialer(GuardedSocketDialer dialer, Duration timeout) {
        this((Sockets) dialer, timeout);
    }

    private Dialer(Sockets sockets, Duration timeout) {
        this.sockets = sockets;
        this.timeout = timeout;
    }

    /**
     * Connects to the first of these addresses that answers. Call it on the event loop.
     *
     * @param addresses where to, in order of preference; not empty
     * @param loop the event loop of the channel to be made
     * @param done called on the event loop, exactly once unless the dial is cancelled
     * @return the dial under way, to cancel it
     */
    public Dial dial(List<VettedAddress> addresses, EventLoop loop, Consumer<DialResult> done) {
        Dial dial = new Dial(sockets, addresses, loop, timeout, done);
        dial.start();
        return dial;
    }
}
