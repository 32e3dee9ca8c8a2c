package io.smokescreen.internal.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import io.smokescreen.internal.exchange.ConnectionEvent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose client takes too long to say what it wants. The limit is on the whole head, TLS handshake
 * included, not on the pause between two bytes.
 *
 * <pre>
 *   accepted --> HEAD (readHeader) --request began--> WORKING --awaiting request--> IDLE (keepAlive)
 *                  ^                                         |                        |
 *                  |<-------------- interception began ------+                        |
 *                  +------------------------------ first byte ------------------------+
 * </pre>
 *
 * <p>While the proxy drains, HEAD and IDLE end soon.
 */
final class HeadDeadline extends ChannelInboundHandlerAdapter {

    /**
     * A request that is on its way while the proxy begins to drain is answered and told that the connection ends; closing at
     * once would lose it.
     */
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final long readHeaderNanos;
    private final long keepAliveNanos;
    private @Nullable Future<?> timer;
    private boolean idle;
    private long beganNanos = System.nanoTime();

    HeadDeadline(Duration readHeader, Duration keepAlive) {
        this.readHeaderNanos = readHeader.toNanos();
        this.keepAliveNanos = keepAlive.toNanos();
    }

    /** {@return when the latest request began: its first byte, the first one of a connection with its acceptance} */
    long requestBegan() {
        return beganNanos;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        closeIn(ctx, readHeaderNanos);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stop();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (idle) {
            idle = false;
            beganNanos = System.nanoTime();
            closeIn(ctx, readHeaderNanos);
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stop();
        ctx.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ConnectionEvent.REQUEST_BEGAN) {
            idle = false;
            stop();
        } else if (event == ConnectionEvent.AWAITING_REQUEST) {
            idle = true;
            beganNanos = System.nanoTime(); // what was sent ahead begins now
            closeIn(ctx, keepAliveNanos);
        } else if (event == ConnectionEvent.INTERCEPTION_BEGAN) {
            idle = false;
            beganNanos = System.nanoTime();
            closeIn(ctx, readHeaderNanos);
        } else if (event == ConnectionEvent.TUNNEL_BEGAN) {
            ctx.pipeline().remove(this);
        } else if (event == ConnectionEvent.DRAIN && timer != null) {
            closeIn(ctx, Math.min(DRAIN_NANOS, idle ? keepAliveNanos : readHeaderNanos));
        }
        ctx.fireUserEventTriggered(event);
    }

    private void closeIn(ChannelHandlerContext ctx, long nanos) {
        stop();
        timer = ctx.executor().schedule(() -> ctx.close(), nanos, TimeUnit.NANOSECONDS);
    }

    private void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
