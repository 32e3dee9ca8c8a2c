package io.smokescreen.internal.track;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** Counts what crosses the wire to a destination; stands next to the socket, before any codec. */
final class ByteMeter extends ChannelDuplexHandler {

    private final OpenConnection connection;

    ByteMeter(OpenConnection connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            connection.received(bytes.readableBytes());
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            connection.sent(bytes.readableBytes());
        }
        ctx.write(message, promise);
    }
}
