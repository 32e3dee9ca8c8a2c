package io.smokescreen.internal.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.smokescreen.internal.tls.TlsContext;
import javax.net.ssl.SSLException;

/**
 * Makes close_notify the end of a server's input, and a FIN without it a failure: anybody on the way can send a FIN, and what
 * has no other end would look complete (RFC 9112 §9.8, RFC 8446 §6.1). The handshake is the only one: with TLS 1.2 a server could
 * ask for more of them.
 */
final class TlsInputEnd extends ChannelInboundHandlerAdapter {

    private final SslHandler tls;
    private boolean ended;

    TlsInputEnd(SslHandler tls) {
        this.tls = tls;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        endIfNotified(ctx); // with BoringSSL the event may have come before, for this side's own close_notify
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslCloseCompletionEvent) {
            endIfNotified(ctx);
        } else if (event instanceof ChannelInputShutdownEvent) {
            finReceived(ctx);
        } else {
            if (event == SslHandshakeCompletionEvent.SUCCESS) {
                TlsContext.refuseRenegotiation(tls.engine());
            }
            ctx.fireUserEventTriggered(event);
        }
    }

    private void finReceived(ChannelHandlerContext ctx) {
        endIfNotified(ctx);
        if (ended) {
            return;
        }
        if (tls.handshakeFuture().isDone()) {
            ctx.fireExceptionCaught(new SSLException("the connection ended without close_notify"));
        }
        ctx.close();
    }

    private void endIfNotified(ChannelHandlerContext ctx) {
        if (!ended && tls.engine().isInboundDone()) {
            ended = true;
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }
}
