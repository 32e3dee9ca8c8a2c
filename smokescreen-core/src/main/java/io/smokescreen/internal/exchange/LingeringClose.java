package io.smokescreen.internal.exchange;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.smokescreen.internal.tls.TlsLayers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose client may still be sending: a plain close would answer its bytes with RST, and the RST would
 * wipe out the response before the client has read it (RFC 9112 §9.6). What comes is dropped unread, for a short while.
 */
final class LingeringClose extends ChannelInboundHandlerAdapter {

    private static final Duration LINGER = Duration.ofSeconds(1);

    private LingeringClose() {}

    /**
     * Closes the channel once everything written is out and the client has noticed. Call it after the last write.
     *
     * @param flushLimit how long the client may take to read what was written
     */
    static void begin(Channel channel, Duration flushLimit) {
        Future<?> flushDeadline = closeIn(channel, flushLimit);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            flushDeadline.cancel(false);
            if (!flushed.isSuccess()) {
                channel.close();
                return;
            }
            channel.pipeline().addFirst(new LingeringClose()); // before TLS too, whose bytes are of no more interest
            TlsLayers.shutdownOutput(channel);
            channel.config().setAutoRead(true);
            Future<?> linger = closeIn(channel, LINGER);
            channel.closeFuture().addListener(closed -> linger.cancel(false));
        });
    }

    private static Future<?> closeIn(Channel channel, Duration delay) {
        return channel.eventLoop().schedule(() -> channel.close(), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
