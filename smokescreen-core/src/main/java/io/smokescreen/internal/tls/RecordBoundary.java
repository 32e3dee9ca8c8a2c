package io.smokescreen.internal.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import javax.net.ssl.SSLException;

/**
 * Tells a TCP connection that ends between two TLS records from one that is cut within a record. Without close_notify the first
 * still counts as an end, as in Go: many clients never send it, and HTTP as well as what stands in a tunnel have ends of their
 * own. The second never does. Only the headers of the records are looked at, type(1), version(2), length(2).
 */
public final class RecordBoundary extends ChannelInboundHandlerAdapter {

    private static final int HEADER_BYTES = 5;
    private static final int LENGTH_AT = 3;

    private int headerBytes;
    private int length;

    /** How much of the record's content is still to come. */
    private int missing;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            follow(bytes);
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && isWithinRecord()) {
            ctx.fireExceptionCaught(new SSLException("the connection ended within a TLS record"));
        }
        ctx.fireUserEventTriggered(event);
    }

    private boolean isWithinRecord() {
        return headerBytes > 0 || missing > 0;
    }

    private void follow(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (missing > 0) {
                int skipped = Math.min(missing, end - at);
                missing -= skipped;
                at += skipped;
                continue;
            }
            int next = bytes.getUnsignedByte(at++);
            if (headerBytes >= LENGTH_AT) {
                length = (length << Byte.SIZE) | next;
            }
            headerBytes++;
            if (headerBytes == HEADER_BYTES) {
                missing = length;
                headerBytes = 0;
                length = 0;
            }
        }
    }
}
