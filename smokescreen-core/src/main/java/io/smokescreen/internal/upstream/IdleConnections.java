package io.smokescreen.internal.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.smokescreen.api.Destination;
import io.smokescreen.api.NextHop;
import io.smokescreen.internal.request.ResponseDecoder;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to origins of plain HTTP that finished perfectly and wait for the next request. One instance for each event
 * loop; event loop only.
 *
 * <p>The key holds everything the verdict was about, and the verdict is made again for each request before a connection is
 * taken from here, so that no connection outlives it.
 */
public final class IdleConnections {

    /** How long a connection waits. */
    static final Duration MAX_IDLE = Duration.ofSeconds(30);

    private static final String HANDLER = "idle";

    private final IdleLimits limits;
    private final Map<Key, Deque<Channel>> idle = new HashMap<>();

    /**
     * What a connection was opened for.
     *
     * @param role the role of the client, the empty string where it has none
     * @param destination the host and port asked for
     * @param secure whether the origin is spoken to over TLS
     * @param nextHop the next hop in between, with its credentials
     * @param connectTo what the next hop was asked to connect to; the destination where there is none
     * @param address the vetted address that the socket is connected to
     */
    public record Key(
            String role,
            Destination destination,
            boolean secure,
            Optional<NextHop> nextHop,
            String connectTo,
            InetSocketAddress address) {}

    /**
     * @param limits shared with the other event loops
     */
    public IdleConnections(IdleLimits limits) {
        this.limits = limits;
    }

    /** {@return a connection for this key that still stands, no longer in here} */
    public Optional<Channel> take(Key key) {
        Deque<Channel> channels = idle.get(key);
        while (channels != null && !channels.isEmpty()) {
            Channel channel = channels.pollLast();
            forget(key, channels);
            channel.pipeline().remove(HANDLER);
            if (channel.isActive()) {
                return Optional.of(channel);
            }
            channel.close();
        }
        return Optional.empty();
    }

    /** Keeps a connection that finished perfectly, or closes it where there are enough. */
    public void offer(Key key, Channel channel) {
        if (!channel.isActive() || !limits.tryAdd(key.destination())) {
            channel.close();
            return;
        }
        idle.computeIfAbsent(key, unused -> new ArrayDeque<>(1)).addLast(channel);
        // Before the decoder, which would swallow what comes unasked, and behind TLS, which gets tickets for its
        // sessions.
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addBefore(pipeline.context(ResponseDecoder.class).name(), HANDLER, new Watch(key));
        channel.config().setAutoRead(true);
    }

    private void forget(Key key, Deque<Channel> channels) {
        limits.remove(key.destination());
        if (channels.isEmpty()) {
            idle.remove(key);
        }
    }

    /** Closes a waiting connection when its time is up, its origin closes it, or its origin speaks unasked. */
    private final class Watch extends ChannelInboundHandlerAdapter {

        private final Key key;
        private @Nullable Future<?> timer;

        Watch(Key key) {
            this.key = key;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            timer = ctx.executor().schedule(() -> drop(ctx), MAX_IDLE.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            if (timer != null) {
                timer.cancel(false);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            drop(ctx);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            drop(ctx);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            drop(ctx);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            drop(ctx);
        }

        private void drop(ChannelHandlerContext ctx) {
            Deque<Channel> channels = idle.get(key);
            if (channels != null && channels.remove(ctx.channel())) {
                forget(key, channels);
            }
            ctx.close();
        }
    }
}
