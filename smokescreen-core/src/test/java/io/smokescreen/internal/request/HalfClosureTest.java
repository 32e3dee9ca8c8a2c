package io.smokescreen.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A body without a length, over real sockets: who closed, and how, decides whether it is complete. */
class HalfClosureTest {

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final ServerSocket listener = listen();

    @BeforeEach
    void limitAccept() throws IOException {
        listener.setSoTimeout(5_000);
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void serversFin_completesTheBody() throws Exception {
        Channel channel = connect();
        try (Socket server = answer()) {
            server.shutdownOutput();
            assertThat(next()).isEqualTo("end");
        }
        channel.close().syncUninterruptibly();
    }

    @Test
    void serversReset_cutsTheBody() throws Exception {
        connect();
        try (Socket server = answer()) {
            server.setSoLinger(true, 0);
        }
        assertThat(next()).isEqualTo("cut");
    }

    @Test
    void closeOnOurSide_cutsTheBody() throws Exception {
        Channel channel = connect();
        try (Socket server = answer()) {
            channel.close().syncUninterruptibly();
            assertThat(next()).isEqualTo("cut");
            assertThat(server.isConnected()).isTrue();
        }
    }

    private Socket answer() throws Exception {
        Socket server = listener.accept();
        server.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\nbody".getBytes(StandardCharsets.US_ASCII));
        server.getOutputStream().flush();
        assertThat(next()).isEqualTo("body");
        return server;
    }

    private String next() throws InterruptedException {
        String event = events.poll(5, TimeUnit.SECONDS);
        return event == null ? "nothing" : event;
    }

    private Channel connect() {
        return new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        ResponseDecoder decoder = new ResponseDecoder();
                        decoder.expectResponseTo(HttpMethod.GET);
                        channel.pipeline().addLast(decoder, new Recorder());
                    }
                })
                .connect(listener.getLocalSocketAddress())
                .syncUninterruptibly()
                .channel();
    }

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private final class Recorder extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            try {
                if (message instanceof HttpContent content) {
                    events.add(describe(content));
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        private static String describe(HttpContent content) {
            if (content.decoderResult().isFailure()) {
                return "cut";
            }
            return content instanceof LastHttpContent
                    ? "end"
                    : content.content().toString(StandardCharsets.US_ASCII);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // the reset itself; what it does to the body is what the test looks at
        }
    }
}
