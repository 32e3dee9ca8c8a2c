package io.smokescreen.internal.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.smokescreen.internal.address.Cancellable;
import java.net.InetSocketAddress;

/** The proxy's own way to connect. */
final class NettySockets implements Sockets {

    private final ChannelFactory<? extends Channel> channels;

    /** @param channels makes a channel that is configured and not registered yet */
    NettySockets(ChannelFactory<? extends Channel> channels) {
        this.channels = channels;
    }

    @Override
    public Cancellable connect(InetSocketAddress address, EventLoop loop, Answer answer) {
        Channel channel;
        try {
            channel = channels.newChannel();
        } catch (ChannelException e) { // no descriptor is left
            answer.failed(e);
            return Cancellable.DONE;
        }
        channel.config().setConnectTimeoutMillis(0); // the deadline of the dial counts, not one of Netty's own
        loop.register(channel).addListener((ChannelFuture registered) -> {
            if (!registered.isSuccess()) {
                answer.failed(registered.cause());
                return;
            }
            channel.connect(address).addListener((ChannelFuture connected) -> settled(connected, answer));
        });
        return channel::close;
    }

    private static void settled(ChannelFuture connected, Answer answer) {
        if (connected.isSuccess()) {
            answer.connected(connected.channel());
        } else {
            connected.channel().close();
            answer.failed(connected.cause());
        }
    }
}
