package io.smokescreen.internal.request;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Plays an origin against a {@link ResponseDecoder} and writes down, as text, what the proxy would see of it. */
final class ServerStream implements AutoCloseable {

    private final ResponseDecoder decoder = new ResponseDecoder();
    private final ClientStream.Events events = new ClientStream.Events();
    private final EmbeddedChannel channel = new EmbeddedChannel(decoder, new Recorder());

    /** A server that owes the answer to one request. */
    static ServerStream askedFor(HttpMethod method) {
        ServerStream stream = new ServerStream();
        stream.decoder.expectResponseTo(method);
        return stream;
    }

    static ServerStream notAsked() {
        return new ServerStream();
    }

    ServerStream send(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
        return this;
    }

    ServerStream shutDownOutput() {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        return this;
    }

    ServerStream reset() {
        channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        channel.close().syncUninterruptibly();
        return this;
    }

    ServerStream hangUp() {
        channel.close().syncUninterruptibly();
        return this;
    }

    ResponseDecoder decoder() {
        return decoder;
    }

    EmbeddedChannel channel() {
        return channel;
    }

    List<String> events() {
        return events.take();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }

    private final class Recorder extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            try {
                if (message instanceof HttpResponse head) {
                    head(head);
                } else if (message instanceof HttpContent content) {
                    events.content(content);
                } else if (message instanceof ByteBuf raw) {
                    events.append("raw ", raw);
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        private void head(HttpResponse head) {
            boolean failed = head.decoderResult().isFailure();
            events.add(
                    failed
                            ? "broken head: "
                                    + ClientStream.Events.reason(
                                            head.decoderResult().cause())
                            : head.status().toString());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            events.add("exception");
        }
    }
}
