package io.smokescreen.internal.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Map;

/** The answer to a CONNECT that succeeded; what follows it are the tunnel's bytes. */
final class TunnelResponse {

    private static final String STATUS_LINE = "HTTP/1.1 200 OK\r\n";

    /** RFC 9110 §9.3.6: no Content-Length, no Transfer-Encoding. */
    private static final ByteBuf ESTABLISHED = Unpooled.unreleasableBuffer(Unpooled.directBuffer()
            .writeBytes((STATUS_LINE + "\r\n").getBytes(US_ASCII))
            .asReadOnly());

    private TunnelResponse() {}

    static ByteBuf established() {
        return ESTABLISHED.duplicate();
    }

    /** {@return the answer with these fields, which hold ASCII only} */
    static ByteBuf established(HttpHeaders fields, ByteBufAllocator allocator) {
        if (fields.isEmpty()) {
            return established();
        }
        StringBuilder head = new StringBuilder(STATUS_LINE);
        for (Map.Entry<String, String> field : fields) {
            head.append(field.getKey()).append(": ").append(field.getValue()).append("\r\n");
        }
        return ByteBufUtil.writeAscii(allocator, head.append("\r\n"));
    }
}
