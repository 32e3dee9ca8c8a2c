package io.smokescreen.internal.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.smokescreen.internal.request.MalformedMessageException;
import io.smokescreen.internal.upstream.Opening.Phase;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/** The last handler of a connection on its way: tells its {@link Opening} what happens. */
final class OpeningHandler extends ChannelInboundHandlerAdapter {

    private static final int SWITCHING_PROTOCOLS = 101;

    private final Opening opening;

    OpeningHandler(Opening opening) {
        this.opening = opening;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (opening.phase() == Phase.CONNECT && message instanceof HttpResponse answer) {
                answered(answer);
            }
        } finally {
            ReferenceCountUtil.release(message); // the body of a refusal is of no interest
        }
    }

    private void answered(HttpResponse answer) {
        int status = answer.status().code();
        boolean interim = answer.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (answer.decoderResult().isFailure()) {
            opening.answeredWrongly(reason(answer.decoderResult().cause()));
        } else if (!interim || status == SWITCHING_PROTOCOLS) {
            opening.answered(status, answer.status().codeClass() == HttpStatusClass.SUCCESS);
        }
    }

    private static String reason(@Nullable Throwable cause) {
        return cause instanceof MalformedMessageException malformed
                ? malformed.reason().text()
                : "not HTTP";
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (opening.phase() == Phase.CONNECT) {
            ctx.read(); // an interim answer was all there was
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                opening.handshakeDone();
            } else {
                opening.broken(handshake.cause());
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        opening.broken(new ClosedChannelException());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) {
            opening.broken(cause);
        } else {
            opening.fault(cause);
        }
    }
}
