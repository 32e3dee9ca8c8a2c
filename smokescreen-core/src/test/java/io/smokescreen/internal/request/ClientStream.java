package io.smokescreen.internal.request;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Plays a client against a {@link RequestDecoder} and writes down, as text, what the proxy would see of it. */
final class ClientStream implements AutoCloseable {

    private final RequestDecoder decoder = new RequestDecoder();
    private final Events events = new Events();
    private final boolean eager;
    private final EmbeddedChannel channel;

    private ClientStream(boolean eager) {
        this.eager = eager;
        this.channel = new EmbeddedChannel(decoder, new Recorder());
    }

    /** Proceeds whenever something is held, from inside channelRead, and removes the decoder at a CONNECT. */
    static ClientStream eager() {
        return new ClientStream(true);
    }

    /** Proceeds only when told to. */
    static ClientStream manual() {
        return new ClientStream(false);
    }

    ClientStream send(String bytes) {
        return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    ClientStream send(byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
        return this;
    }

    ClientStream shutDownOutput() {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        return this;
    }

    ClientStream proceed() {
        decoder.proceed();
        return this;
    }

    ClientStream removeDecoder() {
        channel.pipeline().remove(decoder);
        return this;
    }

    RequestDecoder decoder() {
        return decoder;
    }

    EmbeddedChannel channel() {
        return channel;
    }

    /** What came since the last call, pieces of one body joined. */
    List<String> events() {
        return events.take();
    }

    List<ParseResult> requests() {
        return events.requests;
    }

    /** The heads as they were decoded. */
    List<HttpRequest> heads() {
        return events.heads;
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
        channel.checkException();
    }

    /** The notes, shared with {@link ServerStream}. */
    static final class Events {
        private final List<String> taken = new ArrayList<>();
        private final List<ParseResult> requests = new ArrayList<>();
        private final List<HttpRequest> heads = new ArrayList<>();

        void add(String event) {
            taken.add(event);
        }

        void append(String kind, ByteBuf bytes) {
            String text = bytes.toString(StandardCharsets.ISO_8859_1);
            int last = taken.size() - 1;
            if (last >= 0 && taken.get(last).startsWith(kind)) {
                taken.set(last, taken.get(last) + text);
            } else if (!text.isEmpty()) {
                taken.add(kind + text);
            }
        }

        void content(HttpContent content) {
            if (content.decoderResult().isFailure()) {
                add("broken body: " + reason(content.decoderResult().cause()));
                return;
            }
            append("body ", content.content());
            if (content instanceof LastHttpContent last) {
                add("end"
                        + (last.trailingHeaders().isEmpty()
                                ? ""
                                : " " + last.trailingHeaders().entries()));
            }
        }

        List<String> take() {
            List<String> result = List.copyOf(taken);
            taken.clear();
            return result;
        }

        static String reason(Throwable cause) {
            return ((MalformedMessageException) cause).reason().name();
        }
    }

    private final class Recorder extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            try {
                if (message instanceof HttpRequest head) {
                    head(head);
                } else if (message instanceof HttpContent content) {
                    events.content(content);
                    if (eager && content instanceof LastHttpContent) {
                        decoder.proceed();
                    }
                } else if (message instanceof ByteBuf raw) {
                    events.append("raw ", raw);
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        private void head(HttpRequest head) {
            events.heads.add(head);
            ParseResult result = RequestParser.parse(head);
            events.requests.add(result);
            if (result instanceof Malformed malformed) {
                events.add("malformed " + malformed.reason());
                return;
            }
            events.add(head.method() + " " + head.uri());
            if (!eager) {
                return;
            }
            if (result instanceof Request request && request.isConnect()) {
                channel.pipeline().remove(decoder);
            } else {
                decoder.proceed();
            }
        }
    }
}
