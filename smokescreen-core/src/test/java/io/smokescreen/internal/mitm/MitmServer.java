package io.smokescreen.internal.mitm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.smokescreen.api.Host;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A server that speaks TLS in the name of a host, as a tunnel to it does, and sends back what comes, until a bye. */
final class MitmServer implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final MitmCertificates certificates;
    private final Channel listening;
    private volatile Host host;

    private MitmServer(MitmCertificates certificates, Host host) {
        this.certificates = certificates;
        this.host = host;
        this.listening = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel client) {
                        accept(client);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    static MitmServer start(HostContexts contexts, Host host) {
        return new MitmServer(new MitmCertificates(contexts, 10), host);
    }

    /** Speaks for another host from now on. */
    void host(Host other) {
        this.host = other;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    private void accept(Channel client) {
        clients.add(client);
        certificates.contextFor(host, client, result -> {
            if (!(result instanceof MitmResult.Ready ready)) {
                client.close();
                return;
            }
            client.pipeline().addLast(ready.context().newHandler(client.alloc()), new Echo());
            client.config().setAutoRead(true);
        });
    }

    @Override
    public void close() {
        listening.close().syncUninterruptibly();
        clients.close().syncUninterruptibly();
        certificates.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            boolean last = ((ByteBuf) message).toString(ISO_8859_1).contains("bye");
            ChannelFuture written = ctx.writeAndFlush(message);
            if (last) {
                written.addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close(); // clients that refuse the certificate, on purpose
        }
    }
}
