package io.smokescreen.internal.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import io.netty.handler.ssl.SslHandler;
import io.smokescreen.internal.tls.TlsLayers;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Holds back the close_notify with which BoringSSL answers the peer's own in TLS 1.3: it ends the other direction too, so that
 * what the other side of the tunnel still sends can no longer be passed on. Had the peer been told of an end, a part would look
 * like the whole; without it, the reset that follows is the cut that it is. If the other side ends without sending more, nothing
 * is missing, and close_notify goes out. With TLS 1.2 the answer is due at once (RFC 5246 §7.2.1), and ends both directions by
 * what the peer has said.
 */
final class HeldCloseNotify extends ChannelOutboundHandlerAdapter {

    private final SSLEngine engine;
    private @Nullable PendingWriteQueue held;
    private boolean released;

    private HeldCloseNotify(SSLEngine engine) {
        this.engine = engine;
    }

    /** Puts one in front of TLS, if that is in the pipeline and 1.3. */
    static void install(ChannelPipeline pipeline) {
        SslHandler tls = TlsLayers.innermost(pipeline);
        if (tls != null && tls.engine().getSession().getProtocol().equals("TLSv1.3")) {
            pipeline.addBefore(pipeline.context(tls).name(), "held-close-notify", new HeldCloseNotify(tls.engine()));
        }
    }

    /** Everything for the peer is written: it may learn of the end. */
    static void release(ChannelPipeline pipeline) {
        HeldCloseNotify handler = pipeline.get(HeldCloseNotify.class);
        if (handler != null) {
            handler.release(pipeline.context(handler));
        }
    }

    private void release(ChannelHandlerContext ctx) {
        released = true;
        if (held != null) {
            held.removeAndWriteAll();
            ctx.flush();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        boolean nothing =
                message instanceof ByteBuf bytes && !bytes.isReadable(); // only asks when all before it is out
        if (released || nothing || !engine.isInboundDone() || !engine.isOutboundDone()) {
            ctx.write(message, promise);
            return;
        }
        if (held == null) {
            held = new PendingWriteQueue(ctx);
        }
        held.add(message, promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (held != null) {
            held.removeAndFailAll(new ClosedChannelException());
        }
    }
}
