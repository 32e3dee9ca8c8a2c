package io.smokescreen.internal.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.ReferenceCountUtil;
import io.smokescreen.api.Host;
import io.smokescreen.internal.exchange.Announcement;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keeps who a decoded PROXY protocol header says the client is, and leaves. Until then nothing gets past it. Event loop only.
 */
final class AnnouncementHandler extends ChannelInboundHandlerAdapter {

    private static final String DOES_NOT_DECODE = "a header that does not decode";

    private final boolean counts;
    private final Consumer<String> refuse;

    /**
     * @param counts whether decisions go by what the header says
     * @param refuse closes the connection
     */
    AnnouncementHandler(boolean counts, Consumer<String> refuse) {
        this.counts = counts;
        this.refuse = refuse;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof HAProxyMessage header) {
                take(ctx, header);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    /** Only if Netty's decoder refuses what the check before it passed. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof HAProxyProtocolException) {
            refuse.accept(DOES_NOT_DECODE);
            return;
        }
        ctx.fireExceptionCaught(cause);
    }

    private void take(ChannelHandlerContext ctx, HAProxyMessage header) {
        boolean nobody =
                header.command() == HAProxyCommand.LOCAL || header.proxiedProtocol() == HAProxyProxiedProtocol.UNKNOWN;
        if (!nobody) {
            Optional<InetAddress> address =
                    Host.tryParse(header.sourceAddress()).flatMap(Host::address);
            if (address.isEmpty()) {
                refuse.accept(DOES_NOT_DECODE);
                return;
            }
            new Announcement(new InetSocketAddress(address.get(), header.sourcePort()), counts).keep(ctx.channel());
        }
        ctx.pipeline().remove(this);
    }
}
