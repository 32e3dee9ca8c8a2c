package io.smokescreen.cli.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers with one thread of its own, so that nobody who asks can slow the proxy. It takes one {@code GET} or {@code HEAD}
 * for each connection; a connection lives {@value #CONNECTION_SECONDS} seconds at most, {@value #MAX_CONNECTIONS} may be
 * open at once, and one more is closed at once.
 */
public final class AnswerServer implements AutoCloseable {

    /** Open at once: {@value}. A pair of collectors and some people looking need a few. */
    public static final int MAX_CONNECTIONS = 16;

    /** The life of a connection in seconds, from accept to the last byte of the response. */
    public static final int CONNECTION_SECONDS = 10;

    /** The longest request line, in bytes: {@value}. */
    public static final int MAX_REQUEST_LINE_BYTES = 2 * 1024;

    /** The most bytes of header fields: {@value}. */
    public static final int MAX_HEADER_BYTES = 8 * 1024;

    private static final int BACKLOG = 16;
    private static final Duration THREAD_ENDS_WITHIN = Duration.ofSeconds(5);

    private final MultiThreadIoEventLoopGroup loop;
    private final Channel listening;

    private AnswerServer(MultiThreadIoEventLoopGroup loop, Channel listening) {
        this.loop = loop;
        this.listening = listening;
    }

    /**
     * Binds and starts to answer.
     *
     * @param address TCP, port 0 for a free one ({@link #address()} tells which), or a Unix socket
     * @param threadName the name of its thread
     * @param answers what to say
     * @return the server, listening
     * @throws IOException if the address cannot be listened on
     */
    public static AnswerServer start(SocketAddress address, String threadName, Answers answers) throws IOException {
        return start(address, threadName, answers, Duration.ofSeconds(CONNECTION_SECONDS));
    }

    /**
     * The same with another life of connections.
     *
     * @param address TCP, port 0 for a free one, or a Unix socket
     * @param threadName the name of its thread
     * @param answers what to say
     * @param connectionLife from accept to the last byte of the response
     * @return the server, listening
     * @throws IOException if the address cannot be listened on
     */
    public static AnswerServer start(SocketAddress address, String threadName, Answers answers, Duration connectionLife)
            throws IOException {
        MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory(threadName, true), NioIoHandler.newFactory());
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childHandler(new Connections(answers, connectionLife));
        if (address instanceof UnixDomainSocketAddress) {
            bootstrap.channel(NioServerDomainSocketChannel.class);
        } else {
            bootstrap.channel(NioServerSocketChannel.class).option(ChannelOption.SO_REUSEADDR, true);
        }
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        return new AnswerServer(loop, bound.channel());
    }

    /** {@return where it listens for TCP, with the port that was chosen if 0 was asked for} */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** Closes the socket and what is open, and waits until the thread has ended. May be called again. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, THREAD_ENDS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(2 * THREAD_ENDS_WITHIN.toMillis());
    }

    /** Counts the connections, and gives each its codec and its time. */
    private static final class Connections extends ChannelInitializer<Channel> {

        private static final HttpDecoderConfig LIMITS = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES);

        private final Answers answers;
        private final Duration life;
        private final AtomicInteger open = new AtomicInteger();

        Connections(Answers answers, Duration life) {
            this.answers = answers;
            this.life = life;
        }

        @Override
        protected void initChannel(Channel channel) {
            channel.closeFuture().addListener(closed -> open.decrementAndGet());
            if (open.incrementAndGet() > MAX_CONNECTIONS) {
                channel.close();
                return;
            }
            var deadline = channel.eventLoop().schedule(() -> channel.close(), life.toNanos(), TimeUnit.NANOSECONDS);
            channel.closeFuture().addListener(closed -> deadline.cancel(false));
            channel.pipeline().addLast(new HttpServerCodec(LIMITS), new AnswerHandler(answers));
        }
    }
}
