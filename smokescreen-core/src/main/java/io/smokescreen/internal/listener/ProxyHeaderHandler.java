package io.smokescreen.internal.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.smokescreen.api.Metric;
import io.smokescreen.internal.track.Tracker;
import java.net.InetSocketAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the PROXY protocol header at the start of a connection, if there is one, and leaves. What it hands to Netty's decoder
 * is a whole header, valid in all its parts and without extensions: on its own that decoder waits for ever for the rest of
 * what is no header, takes addresses that others read differently, and follows extensions into extensions. How long a header
 * may take is {@link HeadDeadline}'s matter. Event loop only.
 *
 * <pre>
 *   first bytes --> INCOMPLETE --> COMPLETE, from a peer that may ----> decoded, gone
 *                       |
 *                       +--------> ABSENT, and not required ----------> gone
 *                       |
 *                       +--------> everything else -------------------> REFUSED: closed, the rest is dropped
 * </pre>
 */
final class ProxyHeaderHandler extends ByteToMessageDecoder {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyHeaderHandler.class);

    private final ProxyProtocol protocol;
    private final Tracker tracker;
    private boolean refused;

    ProxyHeaderHandler(ProxyProtocol protocol, Tracker tracker) {
        this.protocol = protocol;
        this.tracker = tracker;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (protocol.required() && !maySend(ctx)) {
            refuse(ctx, "its address is not in a trusted range");
            return;
        }
        ctx.fireChannelActive();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        ProxyHeader header = ProxyHeader.check(in);
        switch (header.state()) {
            case INCOMPLETE -> {}
            case MALFORMED -> refuse(ctx, header.problem());
            case ABSENT -> absent(ctx);
            case COMPLETE -> complete(ctx, in, out, header);
        }
    }

    /** Closes the connection; nothing of what else comes is read. */
    void refuse(ChannelHandlerContext ctx, String why) {
        if (refused) {
            return;
        }
        refused = true;
        tracker.count(Metric.PROXY_PROTOCOL_ERROR);
        LOG.warn("connection of {} closed, PROXY protocol: {}", ctx.channel().remoteAddress(), why);
        ctx.channel().close();
    }

    private void absent(ChannelHandlerContext ctx) {
        if (protocol.required()) {
            refuse(ctx, "no header");
            return;
        }
        ctx.pipeline().remove(this); // which passes on what was read
    }

    private void complete(ChannelHandlerContext ctx, ByteBuf in, List<Object> out, ProxyHeader header) {
        if (!maySend(ctx)) {
            refuse(ctx, "a header, and its address is not in a trusted range");
            return;
        }
        ctx.pipeline().addAfter(ctx.name(), "proxy-decoder", new HAProxyMessageDecoder());
        ctx.pipeline()
                .addAfter(
                        "proxy-decoder",
                        "proxy-receiver",
                        new AnnouncementHandler(protocol.counts(), why -> refuse(ctx, why)));
        boolean isText = in.getByte(in.readerIndex()) == ProxyHeader.V1_PREFIX[0];
        out.add(isText ? in.retainedSlice(in.readerIndex(), header.length()) : ProxyHeaderV2.bare(in, header));
        in.skipBytes(header.length());
        ctx.pipeline().remove(this); // passes on the header, then what follows it
    }

    private boolean maySend(ChannelHandlerContext ctx) {
        return ctx.channel().remoteAddress() instanceof InetSocketAddress peer
                && protocol.maySend().test(peer.getAddress());
    }
}
