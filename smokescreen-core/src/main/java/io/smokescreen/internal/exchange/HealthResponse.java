package io.smokescreen.internal.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** The answer to {@code GET /healthcheck} on the proxy's own port: 200 when it takes requests, 503 while it drains. */
final class HealthResponse {

    private HealthResponse() {}

    static FullHttpResponse of(boolean serving) {
        HttpResponseStatus status = serving ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE;
        ByteBuf body = Unpooled.copiedBuffer(serving ? "OK" : "draining", US_ASCII);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return response;
    }
}
