package io.smokescreen.internal.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.Destination;
import io.smokescreen.api.NextHop;
import io.smokescreen.api.RequestContext;
import io.smokescreen.internal.address.Cancellable;
import io.smokescreen.internal.address.VettedAddress;
import io.smokescreen.internal.address.VettedAddresses;
import io.smokescreen.internal.listener.IoTransport;
import io.smokescreen.internal.request.ResponseDecoder;
import io.smokescreen.internal.tls.UpstreamTls;
import io.smokescreen.internal.upstream.DialResult.Connected;
import io.smokescreen.internal.upstream.DialResult.Failed;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An event loop with a connector, of which each channel is known. */
final class ConnectorFixture implements AutoCloseable {

    static final Duration PLENTY = Duration.ofSeconds(20);

    final TestCertificates authority;
    private final MultiThreadIoEventLoopGroup loops;
    private final IoTransport io = IoTransport.nio();
    private final Queue<Channel> channels = new ConcurrentLinkedQueue<>();
    private final SslProvider provider;

    ConnectorFixture(SslProvider provider) throws Exception {
        this.provider = provider;
        this.authority = TestCertificates.create();
        this.loops = new MultiThreadIoEventLoopGroup(1, io.loops());
    }

    Connector connector(Duration timeout, NextHopHooks hooks) {
        UpstreamTls trusting = UpstreamTls.trusting(List.of(authority.certificate()), provider);
        return connector(timeout, trusting, hooks);
    }

    Connector connector(Duration timeout, UpstreamTls tls, NextHopHooks hooks) {
        Dialer dialer = new Dialer(
                () -> {
                    Channel channel = io.sockets().newChannel();
                    channels.add(channel);
                    return channel;
                },
                timeout);
        return new Connector(dialer, timeout, tls, tls, hooks);
    }

    static Order direct(TestOrigin origin, String host, Purpose purpose) {
        Destination destination = Destination.of(host, origin.port());
        return order(new Route.Direct(List.of(at(origin))), destination, purpose);
    }

    static Order via(TestOrigin hop, boolean tls, String destination, Purpose purpose) {
        return via(
                hop, new NextHop(tls, Destination.of("hop.test", hop.port()), Optional.empty()), destination, purpose);
    }

    static Order via(TestOrigin hop, NextHop url, String host, Purpose purpose) {
        return order(new Route.Via(url, List.of(at(hop))), Destination.of(host, 443), purpose);
    }

    private static Order order(Route route, Destination destination, Purpose purpose) {
        ClientRequest request =
                new ClientRequest("CONNECT", destination, name -> List.of(), new InetSocketAddress(1), List.of());
        return new Order(
                route,
                destination,
                purpose,
                destination.toString(),
                () -> new RequestContext("id", request, Optional.of("app"), Optional.empty(), Optional.empty()));
    }

    private static VettedAddress at(TestOrigin origin) {
        return VettedAddresses.of(new InetSocketAddress(TestProxy.OPEN_ADDRESS, origin.port()));
    }

    Attempt connect(Connector connector, Order order) throws Exception {
        return loops.submit(() -> {
                    Attempt attempt = new Attempt();
                    attempt.underWay = connector.connect(order, loops.next(), attempt::done);
                    return attempt;
                })
                .get();
    }

    /** {@return the failure that the attempt ends in, which leaves nothing behind} */
    Failed fail(Connector connector, Order order) throws Exception {
        DialResult result = connect(connector, order).result();
        assertThat(result).isInstanceOf(Failed.class);
        assertNothingIsOpen();
        return (Failed) result;
    }

    /** Gives an attempt up, as an exchange does whose client leaves. */
    void cancel(Attempt attempt) throws Exception {
        loops.submit(() -> attempt.requireUnderWay().cancel()).get();
    }

    void assertNothingIsOpen() {
        await().untilAsserted(() -> assertThat(channels).noneMatch(Channel::isOpen));
    }

    /** Has all that comes meanwhile be read in one go. */
    void pauseLoopUntil(CountDownLatch latch) {
        loops.execute(() -> {
            try {
                latch.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    int sockets() {
        return channels.size();
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** An attempt to connect, and what comes on the connection then: its bytes, and how it ends. */
    static final class Attempt extends ChannelInboundHandlerAdapter {

        static final String NAME = "attempt";

        private final CompletableFuture<DialResult> result = new CompletableFuture<>();
        private final Queue<String> received = new ConcurrentLinkedQueue<>();
        private final Queue<Object> objects = new ConcurrentLinkedQueue<>();
        private final CompletableFuture<String> ending = new CompletableFuture<>();
        private @Nullable Cancellable underWay;

        /** As an exchange does that begins a tunnel. */
        private void done(DialResult given) {
            if (given instanceof Connected connected) {
                ChannelPipeline pipeline = connected.channel().pipeline();
                pipeline.addLast(NAME, this);
                if (pipeline.get(ResponseDecoder.class) != null) {
                    pipeline.remove(HttpRequestEncoder.class);
                    pipeline.remove(ResponseDecoder.class);
                }
                connected.channel().config().setAutoRead(true);
            }
            assertThat(result.complete(given)).as("called back once").isTrue();
        }

        DialResult result() throws Exception {
            return result.get(30, TimeUnit.SECONDS);
        }

        Channel channel() throws Exception {
            assertThat(result()).isInstanceOf(Connected.class);
            return ((Connected) result()).channel();
        }

        private Cancellable requireUnderWay() {
            return requireNonNull(underWay);
        }

        boolean isDone() {
            return result.isDone();
        }

        Attempt send(String text) throws Exception {
            channel().writeAndFlush(Unpooled.copiedBuffer(text, ISO_8859_1)).sync();
            return this;
        }

        /** {@return what came, once that many bytes have or it has ended} */
        String received(int bytes) {
            await().until(() -> received().length() >= bytes || ending.isDone());
            return received();
        }

        String received() {
            return String.join("", received);
        }

        /** {@return what came that was no bytes, as a test's decoder made it} */
        List<Object> objects() {
            return List.copyOf(objects);
        }

        /** {@return {@code end}, or what was wrong} */
        String ending() throws Exception {
            return ending.get(30, TimeUnit.SECONDS);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof ByteBuf bytes) {
                received.add(bytes.toString(ISO_8859_1));
            } else {
                objects.add(message);
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                ending.complete("end");
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            ending.complete("closed");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ending.complete(String.valueOf(cause.getMessage()));
        }
    }
}
