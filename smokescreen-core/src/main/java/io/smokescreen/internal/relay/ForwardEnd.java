package io.smokescreen.internal.relay;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** The destination's end of a {@link Forward}. */
final class ForwardEnd extends ChannelInboundHandlerAdapter {

    static final String CLOSED = "the origin closed the connection without an answer";

    private final Forward forward;

    ForwardEnd(Forward forward) {
        this.forward = forward;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        forward.destinationRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        forward.destinationReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        forward.destinationWritable();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        forward.destinationEnded(CLOSED);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        forward.destinationEnded("the connection to the origin failed");
    }
}
