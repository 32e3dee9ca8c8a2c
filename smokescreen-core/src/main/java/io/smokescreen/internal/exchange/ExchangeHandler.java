package io.smokescreen.internal.exchange;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.smokescreen.api.Metric;
import io.smokescreen.internal.relay.ResponseEncoder;
import io.smokescreen.internal.request.RequestDecoder;
import io.smokescreen.internal.track.OpenConnection;
import io.smokescreen.internal.track.TextHygiene;
import java.io.IOException;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The last handler of a client's connection: works on one request at a time, and is where every exception of the
 * connection ends.
 */
public final class ExchangeHandler extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(ExchangeHandler.class);

    /** How much a client may send ahead of what is being worked on, in bytes. */
    private static final int MAX_HELD_BYTES = 64 * 1024;

    private final Stages stages;
    private final RequestDecoder decoder;
    private final ResponseEncoder encoder;
    private final LongSupplier requestBegan;
    private final @Nullable Interception interception;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ClientIdentity identity;
    private @Nullable Exchange current;
    private boolean closing;
    private boolean handshakeFailed;

    private ExchangeHandler(
            Stages stages,
            RequestDecoder decoder,
            ResponseEncoder encoder,
            LongSupplier requestBegan,
            @Nullable Interception interception) {
        this.stages = stages;
        this.decoder = decoder;
        this.encoder = encoder;
        this.requestBegan = requestBegan;
        this.interception = interception;
    }

    /**
     * Puts the HTTP/1.1 codec and this handler at the end of a client's pipeline.
     *
     * @param requestBegan tells when the first byte of the latest request was here, as {@link System#nanoTime()}
     */
    public static void install(ChannelPipeline pipeline, Stages stages, LongSupplier requestBegan) {
        install(pipeline, stages, requestBegan, null);
    }

    private static void install(
            ChannelPipeline pipeline, Stages stages, LongSupplier requestBegan, @Nullable Interception interception) {
        RequestDecoder decoder = new RequestDecoder();
        ResponseEncoder encoder = new ResponseEncoder();
        pipeline.addLast(decoder, encoder, new ExchangeHandler(stages, decoder, encoder, requestBegan, interception));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpRequest head) {
            begin(ctx, head);
        } else if (message instanceof HttpContent content && current != null) {
            current.requestContent(content);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Exchange exchange = current;
        if (exchange != null) {
            exchange.requestReadComplete();
        }
        if (decoder.heldBytes() > MAX_HELD_BYTES) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Exchange exchange = current;
        if (exchange != null && ctx.channel().isWritable()) {
            exchange.clientWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            clientEnded(ctx);
        } else if (interception != null
                && event instanceof SslHandshakeCompletionEvent handshake
                && !handshake.isSuccess()) {
            handshakeFailed(ctx, handshake.cause());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        abandonCurrent();
    }

    /**
     * Inside of a tunnel: the handshake before it is somebody else's. A client that only goes away, as a browser that connects
     * beforehand does, is none to be warned of.
     */
    private void handshakeFailed(ChannelHandlerContext ctx, Throwable cause) {
        handshakeFailed = true;
        stages.tracker().tunnelHandshakeFailed();
        Level level = cause instanceof SSLException ? Level.WARN : Level.DEBUG;
        LOG.atLevel(level).log("TLS handshake of {} failed: {}", client(ctx), TextHygiene.line(cause.toString()));
    }

    private String client(ChannelHandlerContext ctx) {
        String address = String.valueOf(Announcement.logged(ctx.channel()));
        return interception == null
                ? address
                : address + ", inside of the tunnel to " + interception.destination() + ",";
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        boolean badTls = cause.getCause() instanceof SSLException;
        if (badTls || cause instanceof IOException) {
            Level level = badTls && !handshakeFailed ? Level.WARN : Level.DEBUG;
            LOG.atLevel(level).log("connection of {} failed: {}", client(ctx), TextHygiene.line(cause.toString()));
            abandonCurrent();
            ctx.close();
            return;
        }
        Exchange exchange = current;
        if (exchange != null) {
            exchange.internalError(cause);
            return;
        }
        stages.tracker().count(Metric.REQUESTS_INTERNAL_ERROR);
        LOG.error("a fault on the connection of {}", Announcement.logged(ctx.channel()), cause);
        ctx.close();
    }

    Channel channel() {
        return requireContext().channel();
    }

    RequestDecoder decoder() {
        return decoder;
    }

    ResponseEncoder encoder() {
        return encoder;
    }

    /** {@return when the current request's first byte was here} */
    long requestBegan() {
        return requestBegan.getAsLong();
    }

    /** {@return the tunnel that the requests of this connection come in; null: they come to the proxy itself} */
    @Nullable
    Interception interception() {
        return interception;
    }

    ClientIdentity identity() {
        ClientIdentity known = identity;
        if (known == null) {
            known = ClientIdentity.of(channel());
            identity = known;
        }
        return known;
    }

    /** Lets the body of the current request flow. */
    void readBody() {
        channel().config().setAutoRead(true);
        decoder.proceed();
    }

    /** Lets the body of a request that was refused flow, to be dropped, which may take no longer than the next head. */
    void dropBody() {
        channel().pipeline().fireUserEventTriggered(ConnectionEvent.AWAITING_REQUEST);
        readBody();
    }

    /** The current exchange is over, response and request both complete: on to the next one, if there is to be one. */
    void next() {
        current = null;
        if (decoder.isExhausted()) {
            closing = true;
            channel().close();
            return;
        }
        channel().pipeline().fireUserEventTriggered(ConnectionEvent.AWAITING_REQUEST);
        drainIfDraining();
        channel().config().setAutoRead(true);
        decoder.proceed();
    }

    /** The drain may have begun while a response that promises more went out; its event has been here already. */
    private void drainIfDraining() {
        if (stages.draining().getAsBoolean()) {
            channel().pipeline().fireUserEventTriggered(ConnectionEvent.DRAIN);
        }
    }

    /** The current exchange is over and the connection with it; what was written still goes out. */
    void finishAndClose() {
        over();
        LingeringClose.begin(channel(), stages.waits().flush());
    }

    /** Tells the client that its tunnel is there, past the encoder, which is about to leave the pipeline. */
    void answerEstablished(HttpHeaders fields) {
        Channel channel = channel();
        channel.pipeline()
                .context(encoder)
                .writeAndFlush(TunnelResponse.established(fields, channel.alloc()), channel.voidPromise());
    }

    /** Turns the connection into one end of a tunnel. */
    void becomeTunnel(Channel destination, OpenConnection connection) {
        over();
        new ProtocolSwitch(this)
                .toTunnel(destination, connection, stages.waits().tunnelIdle());
    }

    /** Turns the connection into one that is looked into: TLS with the client, and inside of that requests of their own. */
    void intercept(SslHandler tls, Interception inside) {
        over();
        new ProtocolSwitch(this).toTls(tls, pipeline -> {
            install(pipeline, stages, requestBegan, inside);
            drainIfDraining();
        });
    }

    /** The current exchange is over, and what is left of the connection is in other hands. */
    void over() {
        closing = true;
        current = null;
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        ctx.pipeline().fireUserEventTriggered(ConnectionEvent.REQUEST_BEGAN);
        Exchange exchange = new Exchange(stages, this);
        current = exchange;
        exchange.begin(head);
    }

    /** The client sends nothing more. While it waits for an answer that means that it has left: nobody else does this. */
    private void clientEnded(ChannelHandlerContext ctx) {
        Exchange exchange = current;
        if (exchange == null) {
            if (!closing) {
                ctx.close();
            }
        } else if (!exchange.responseHasBegun()) {
            abandonCurrent();
            ctx.close();
        }
    }

    private void abandonCurrent() {
        Exchange exchange = current;
        if (exchange != null) {
            over();
            exchange.abandon();
        }
    }

    private ChannelHandlerContext requireContext() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return ctx;
    }
}
