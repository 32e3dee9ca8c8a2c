package io.smokescreen.internal.relay;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;

/** The destination's end of a {@link Forward}. */
final class ForwardEnd extends ChannelInboundHandlerAdapter {

    static final String CLOSED = "the origin closed the connection without an answer";

    private static final String NAME = "forward";

    private final Forward forward;

    ForwardEnd(Forward forward) {
        this.forward = forward;
    }

    void addTo(ChannelPipeline pipeline) {
        pipeline.addLast(NAME, this);
    }

    /**
     * Leaves the channel to what comes next. After a fault nothing does: then the handler stays, so that what the closing
     * channel still reports does not go unhandled.
     */
    static void removeFrom(ChannelPipeline pipeline) {
        if (pipeline.get(NAME) != null) {
            pipeline.remove(NAME);
        }
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
