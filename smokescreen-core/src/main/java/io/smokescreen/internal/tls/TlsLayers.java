package io.smokescreen.internal.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * TLS in a pipeline, and TLS within TLS: a client that speaks it to the proxy and again inside of a tunnel, an origin behind a
 * next hop that is spoken to over TLS itself. There are never more than two layers, and data end where the inner one says so.
 */
public final class TlsLayers {

    private static final String OUTER = "tls";
    private static final String INNER = "inner-tls";

    private TlsLayers() {}

    /** Adds a layer to the end of the pipeline: the outer one, or inside of that the inner one. */
    public static void addLast(ChannelPipeline pipeline, SslHandler layer) {
        pipeline.addLast(nextName(pipeline), layer);
    }

    /** Adds a layer in front of that handler, which is behind all layers so far. */
    public static void addBefore(ChannelPipeline pipeline, String handler, SslHandler layer) {
        pipeline.addBefore(handler, nextName(pipeline), layer);
    }

    private static String nextName(ChannelPipeline pipeline) {
        return pipeline.get(OUTER) == null ? OUTER : INNER;
    }

    /** {@return the layer that the data come out of; null without TLS} */
    public static @Nullable SslHandler innermost(ChannelPipeline pipeline) {
        SslHandler inner = (SslHandler) pipeline.get(INNER);
        return inner == null ? (SslHandler) pipeline.get(OUTER) : inner;
    }

    /**
     * Ends the direction to the peer: close_notify in each layer (RFC 8446 §6.1), the inner one first, then FIN. The peer may go on
     * sending.
     */
    public static void shutdownOutput(Channel channel) {
        SslHandler inner = (SslHandler) channel.pipeline().get(INNER);
        if (inner == null) {
            shutdownOuter(channel);
            return;
        }
        inner.closeOutbound().addListener(notified -> shutdownOuter(channel));
    }

    private static void shutdownOuter(Channel channel) {
        SslHandler outer = (SslHandler) channel.pipeline().get(OUTER);
        if (outer == null) {
            ((SocketChannel) channel).shutdownOutput();
            return;
        }
        outer.closeOutbound().addListener(notified -> ((SocketChannel) channel).shutdownOutput());
    }
}
