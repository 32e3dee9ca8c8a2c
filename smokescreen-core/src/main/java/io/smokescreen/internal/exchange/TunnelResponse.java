package io.smokescreen.internal.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** The answer to a CONNECT that succeeded; what follows it are the tunnel's bytes. */
final class TunnelResponse {

    /** RFC 9110 §9.3.6: no Content-Length, no Transfer-Encoding. */
    private static final ByteBuf ESTABLISHED = Unpooled.unreleasableBuffer(Unpooled.directBuffer()
            .writeBytes("HTTP/1.1 200 OK\r\n\r\n".getBytes(US_ASCII))
            .asReadOnly());

    private TunnelResponse() {}

    static ByteBuf established() {
        return ESTABLISHED.duplicate();
    }
}
