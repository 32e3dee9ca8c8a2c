package io.smokescreen.internal.upstream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.smokescreen.internal.address.Cancellable;
import java.net.InetSocketAddress;

/** Opens the TCP connections of a {@link Dial}. */
interface Sockets {

    /**
     * Opens a connection. Call it on the event loop.
     *
     * @param address where to
     * @param loop the event loop of the channel to be made
     * @param answer called on the event loop, at most once, perhaps before this returns
     * @return what is under way, to cancel it; what still connects then is closed
     */
    Cancellable connect(InetSocketAddress address, EventLoop loop, Answer answer);

    /** Told what became of an attempt. */
    interface Answer {

        /** The channel is connected, and the callee's. */
        void connected(Channel channel);

        /** There is no connection. */
        void failed(Throwable cause);
    }
}
