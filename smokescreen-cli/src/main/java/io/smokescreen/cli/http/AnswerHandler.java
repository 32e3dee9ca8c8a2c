package io.smokescreen.cli.http;

import static io.netty.handler.codec.http.HttpHeaderNames.ACCEPT;
import static io.netty.handler.codec.http.HttpHeaderNames.ALLOW;
import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: the head of one request, one response, the end. A body is not read. Event loop only. */
final class AnswerHandler extends SimpleChannelInboundHandler<HttpObject> {

    private static final Logger LOG = LoggerFactory.getLogger(AnswerHandler.class);
    private static final List<HttpMethod> METHODS = List.of(HttpMethod.GET, HttpMethod.HEAD);
    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

    private final Answers answers;
    private boolean answered;

    AnswerHandler(Answers answers) {
        this.answers = answers;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) throws IOException {
        if (answered) {
            return;
        }
        if (message.decoderResult().isFailure() || !(message instanceof HttpRequest request)) {
            refuse(ctx, HttpResponseStatus.BAD_REQUEST, "malformed request");
            return;
        }
        if (!answers.knows(pathOf(request.uri()))) {
            refuse(ctx, HttpResponseStatus.NOT_FOUND, "not found");
            return;
        }
        if (!METHODS.contains(request.method())) {
            refuse(ctx, HttpResponseStatus.METHOD_NOT_ALLOWED, "expected GET or HEAD");
            return;
        }
        answer(ctx, request);
    }

    /** Whatever it is: this connection ends, and the next one is served. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("a connection broke off", cause);
        } else {
            LOG.error("cannot answer", cause);
        }
        ctx.close();
    }

    /** The codec leaves the body out where HEAD asked. */
    private void answer(ChannelHandlerContext ctx, HttpRequest request) throws IOException {
        ByteBuf body = Unpooled.buffer();
        String type;
        try (ByteBufOutputStream out = new ByteBufOutputStream(body)) {
            type = answers.write(String.join(",", request.headers().getAll(ACCEPT)), out);
        }
        send(ctx, response(HttpResponseStatus.OK, type, body));
    }

    private void refuse(ChannelHandlerContext ctx, HttpResponseStatus status, String why) {
        FullHttpResponse response = response(status, PLAIN_TEXT, Unpooled.copiedBuffer(why + "\n", UTF_8));
        if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            response.headers().set(ALLOW, METHODS);
        }
        send(ctx, response);
    }

    private void send(ChannelHandlerContext ctx, FullHttpResponse response) {
        answered = true;
        response.headers().set(CONNECTION, HttpHeaderValues.CLOSE);
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private static FullHttpResponse response(HttpResponseStatus status, String type, ByteBuf body) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers().set(CONTENT_TYPE, type).set(CONTENT_LENGTH, body.readableBytes());
        return response;
    }

    private static String pathOf(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }
}
