package io.smokescreen.internal.mitm;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.smokescreen.internal.tls.TlsContext;
import java.time.Instant;

/**
 * TLS towards clients in the name of one host. What BoringSSL holds for it lives as long as someone does who has retained it, or
 * a handler made of it.
 *
 * <p>Thread safety: safe from any thread.
 */
public final class HostContext {

    private final SslContext context;
    private final Instant renewAt;

    HostContext(SslContext context, Instant renewAt) {
        this.context = context;
        this.renewAt = renewAt;
    }

    /**
     * {@return the server's side of TLS for one connection, which lets the client begin no second handshake}
     *
     * @param allocator of the connection
     */
    public SslHandler newHandler(ByteBufAllocator allocator) {
        SslHandler handler = context.newHandler(allocator);
        handler.setHandshakeTimeoutMillis(0); // the limit on the whole head counts, not one of Netty's own
        handler.handshakeFuture().addListener(handshake -> {
            if (handshake.isSuccess()) {
                TlsContext.refuseRenegotiation(handler.engine());
            }
        });
        return handler;
    }

    boolean isFresh(Instant now) {
        return now.isBefore(renewAt);
    }

    void retain() {
        ReferenceCountUtil.retain(context);
    }

    /** Gives up what {@link #retain} has got, or the creator had. */
    public void release() {
        ReferenceCountUtil.release(context);
    }

    SslContext context() {
        return context;
    }
}
