package io.smokescreen.internal.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import io.smokescreen.internal.track.TextHygiene;
import java.util.List;

/** A refusal as the client receives it. */
final class RejectionResponse {

    private static final AsciiString ERROR = AsciiString.cached("X-Smokescreen-Error");
    private static final AsciiString ERROR_CODE = AsciiString.cached("X-Smokescreen-Error-Code");
    private static final AsciiString PLAIN_TEXT = AsciiString.cached("text/plain; charset=utf-8");

    /** As Go: a client that was one too many may be one of few a second later. */
    private static final int RETRY_AFTER_SECONDS = 1;

    private RejectionResponse() {}

    /**
     * {@return the response, complete}
     *
     * @param rejection what is refused, and why
     * @param extra a text that follows the message of a denial; the empty string for none
     * @param challenges how clients may authenticate, for a 407 (RFC 9110 §11.7.1)
     * @param decoration fields that the application adds
     * @param keepAlive whether the connection stays open
     */
    static FullHttpResponse of(
            Rejection rejection,
            String extra,
            List<String> challenges,
            HttpHeaders decoration,
            boolean keepAlive,
            ByteBufAllocator allocator) {
        Rejection.Kind kind = rejection.kind();
        String message = TextHygiene.line(rejection.message());
        boolean denial = kind.status().code() == 407;
        ByteBuf body =
                ByteBufUtil.writeUtf8(allocator, denial && !extra.isEmpty() ? message + "\n\n" + extra : message);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, kind.status(), body);
        HttpHeaders headers = response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, PLAIN_TEXT)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(ERROR, message)
                .set(ERROR_CODE, kind.code());
        if (denial && !challenges.isEmpty()) {
            headers.set(HttpHeaderNames.PROXY_AUTHENTICATE, challenges);
        }
        if (kind.fault() == Rejection.Fault.LIMITED) {
            headers.setInt(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        headers.setAll(decoration);
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        return response;
    }
}
