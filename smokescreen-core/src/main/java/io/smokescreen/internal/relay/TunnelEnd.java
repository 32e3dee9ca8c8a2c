package io.smokescreen.internal.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.smokescreen.internal.tls.TlsLayers;

/** One end of a {@link Tunnel}: reads from its channel and writes to the peer, no faster than the peer takes it. */
final class TunnelEnd extends ChannelInboundHandlerAdapter {

    private final Tunnel tunnel;
    private final Channel channel;
    private final Channel peer;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean gone;

    TunnelEnd(Tunnel tunnel, Channel channel, Channel peer) {
        this.tunnel = tunnel;
        this.channel = channel;
        this.peer = peer;
    }

    Channel channel() {
        return channel;
    }

    /** {@return whether the other side of this channel has said, by FIN, that it has sent everything} */
    boolean inputEnded() {
        return inputEnded;
    }

    /** {@return whether everything for the other side of this channel is written} */
    boolean outputEnded() {
        return outputEnded;
    }

    void endOutput() {
        outputEnded = true;
    }

    /** {@return whether this channel is closed while the tunnel is not} */
    boolean isGone() {
        return gone;
    }

    void gone() {
        gone = true;
    }

    /** Takes notice of an end that came before this handler. */
    void catchUp() {
        if (!channel.isActive()) {
            tunnel.inactive(this);
        } else if (((SocketChannel) channel).isInputShutdown()) {
            endInput();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (tunnel.refusesMore(this)) {
            ReferenceCountUtil.release(message);
            return;
        }
        // A failed write reports itself to the peer's own end as an exception; a closed peer releases the message.
        peer.write(message, peer.voidPromise());
        if (!peer.isWritable()) {
            passOn(); // without waiting for the end of this reading: less is held, and it is still in the processor's
            // cache
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        passOn();
        if (outputEnded && !inputEnded && hasSaidCloseNotify(ctx)) {
            endInput(); // the event has come before: BoringSSL fires it for this side's own close_notify
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            peer.config().setAutoRead(true);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        // A TLS client may end its direction by close_notify alone, and go on reading.
        boolean closeNotify = event == SslCloseCompletionEvent.SUCCESS && hasSaidCloseNotify(ctx);
        if (closeNotify || event instanceof ChannelInputShutdownEvent) {
            endInput();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        tunnel.inactive(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        tunnel.broken(this, String.valueOf(cause.getMessage()));
    }

    /** {@return whether TLS has ended both directions with the client's close_notify, so that it drops what is written} */
    boolean isDeaf() {
        SslHandler tls = TlsLayers.innermost(channel.pipeline());
        return tls != null && tls.engine().isInboundDone() && tls.engine().isOutboundDone();
    }

    private static boolean hasSaidCloseNotify(ChannelHandlerContext ctx) {
        SslHandler tls = TlsLayers.innermost(ctx.pipeline());
        return tls != null && tls.engine().isInboundDone();
    }

    private void passOn() {
        peer.flush();
        if (!peer.isWritable() && peer.isActive()) {
            channel.config().setAutoRead(false);
        }
    }

    private void endInput() {
        if (!inputEnded) {
            inputEnded = true;
            tunnel.ended(this);
        }
    }
}
