package io.smokescreen.internal.request;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;

/**
 * Writes request lines as they are. Netty's own encoder adds a slash to an absolute URI without a path, which would make a question
 * about one resource of an OPTIONS about the whole server (RFC 9112 §3.2.4).
 */
public final class RequestEncoder extends HttpRequestEncoder {

    @Override
    protected void encodeInitialLine(ByteBuf buffer, HttpRequest request) {
        String line = request.method() + " " + request.uri() + " " + request.protocolVersion() + "\r\n";
        buffer.writeCharSequence(line, US_ASCII);
    }
}
