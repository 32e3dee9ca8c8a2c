package io.smokescreen.internal.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.smokescreen.Transport;
import io.smokescreen.internal.address.VettedAddress;
import io.smokescreen.internal.address.VettedAddresses;
import io.smokescreen.internal.listener.IoTransport;
import io.smokescreen.internal.upstream.DialResult.Connected;
import io.smokescreen.internal.upstream.DialResult.Failed;
import io.smokescreen.internal.upstream.DialResult.FailureKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RFC 8305 on loopback: addresses that answer, refuse, or say nothing. */
class DialTest {

    private static final Duration PLENTY = Duration.ofSeconds(10);

    private final List<AutoCloseable> resources = new ArrayList<>();
    private final Queue<Channel> channels = new ConcurrentLinkedQueue<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = resources.size() - 1; i >= 0; i--) { // loops first, so that no channel sees its peer go
            resources.get(i).close();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void firstRefuses_secondIsTriedAtOnce(Transport transport) throws Exception {
        VettedAddress good = accepting();
        DialResult result = dial(transport, PLENTY, refusing(), good);

        assertThat(connected(result).address()).isSameAs(good);
        assertThat(result.nanos()).isLessThan(Dial.STAGGER.toNanos());
        assertOpen(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void firstSaysNothing_secondWinsAfterTheStagger_firstIsClosed(Transport transport) throws Exception {
        VettedAddress good = accepting();
        DialResult result = dial(transport, PLENTY, silent(), good);

        assertThat(connected(result).address()).isSameAs(good);
        assertThat(Duration.ofNanos(result.nanos())).isBetween(Dial.STAGGER, Dial.STAGGER.multipliedBy(4));
        assertThat(channels).hasSize(2);
        assertOpen(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void firstSaysNothing_secondRefuses_thirdIsTriedWithoutAnotherStagger(Transport transport) throws Exception {
        VettedAddress good = accepting();
        DialResult result = dial(transport, PLENTY, silent(), refusing(), good);

        assertThat(connected(result).address()).isSameAs(good);
        assertThat(Duration.ofNanos(result.nanos())).isBetween(Dial.STAGGER, Dial.STAGGER.multipliedBy(2));
        assertOpen(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void allRefuse_isRefused(Transport transport) throws Exception {
        VettedAddress last = refusing();
        Failed failed = failed(dial(transport, PLENTY, refusing(), last));

        assertThat(failed.kind()).isEqualTo(FailureKind.REFUSED);
        assertThat(failed.message()).isEqualTo("connect to 127.0.0.1 port " + last.port() + ": connection refused");
        assertOpen(0);
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void allSayNothing_timeIsLimitedForAllTogether(Transport transport) throws Exception {
        Duration limit = Dial.STAGGER.multipliedBy(3);
        Failed failed = failed(dial(transport, limit, silent(), silent(), silent(), silent()));

        assertThat(failed.kind()).isEqualTo(FailureKind.TIMEOUT);
        assertThat(Duration.ofNanos(failed.nanos())).isBetween(limit, limit.multipliedBy(2));
        assertOpen(0);
    }

    /** The refusal of the last does not hide that the first may have been up to answer. */
    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void firstSaysNothing_lastRefuses_isATimeout(Transport transport) throws Exception {
        Failed failed = failed(dial(transport, Dial.STAGGER.multipliedBy(2), silent(), refusing()));

        assertThat(failed.kind()).isEqualTo(FailureKind.TIMEOUT);
        assertOpen(0);
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void cancelled_closesWhatIsPending_andCallsNobody(Transport transport) throws Exception {
        IoTransport io = io(transport);
        MultiThreadIoEventLoopGroup loops = loops(io);
        CompletableFuture<DialResult> result = new CompletableFuture<>();
        Dialer dialer = new Dialer(kept(io.sockets()), Dial.STAGGER.multipliedBy(4));
        loops.next()
                .submit(() -> {
                    Dial dial = dialer.dial(List.of(silent(), silent()), loops.next(), result::complete);
                    var unused = loops.next().schedule(dial::cancel, 300, TimeUnit.MILLISECONDS);
                    return null;
                })
                .sync();

        await().until(() -> channels.size() == 2);
        assertOpen(0);
        assertThat(result).isNotDone();
    }

    @Test
    void connectedToSomethingElse_isClosedAndNotUsed() throws Exception {
        ChannelFactory<Channel> elsewhere = () -> new NioSocketChannel() {
            @Override
            public InetSocketAddress remoteAddress() {
                return InetSocketAddress.createUnresolved("elsewhere.test", 1);
            }
        };
        DialResult result = dial(IoTransport.nio(), elsewhere, PLENTY, accepting());

        assertThat(failed(result).kind()).isEqualTo(FailureKind.OTHER);
        assertOpen(0);
    }

    @Test
    void noDescriptorIsLeft_failsAtOnce() throws Exception {
        ChannelFactory<Channel> none = () -> {
            throw new ChannelException("Too many open files");
        };
        DialResult result = dial(IoTransport.nio(), none, PLENTY, accepting(), accepting());

        assertThat(failed(result).kind()).isEqualTo(FailureKind.OTHER);
    }

    private DialResult dial(Transport transport, Duration limit, VettedAddress... addresses) throws Exception {
        IoTransport io = io(transport);
        return dial(io, io.sockets(), limit, addresses);
    }

    private DialResult dial(
            IoTransport io, ChannelFactory<? extends Channel> sockets, Duration limit, VettedAddress... addresses)
            throws Exception {
        MultiThreadIoEventLoopGroup loops = loops(io);
        CompletableFuture<DialResult> result = new CompletableFuture<>();
        Dialer dialer = new Dialer(kept(sockets), limit);
        loops.next()
                .submit(() -> dialer.dial(List.of(addresses), loops.next(), result::complete))
                .sync();
        return result.get(10, TimeUnit.SECONDS);
    }

    private static IoTransport io(Transport transport) {
        if (transport == Transport.NIO) {
            return IoTransport.nio();
        }
        assumeTrue(Epoll.isAvailable(), () -> "epoll does not load here: " + Epoll.unavailabilityCause());
        return IoTransport.epoll();
    }

    /** One loop, so that {@code next()} is always the same. */
    private MultiThreadIoEventLoopGroup loops(IoTransport io) {
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, io.loops());
        resources.add(() -> loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync());
        return loops;
    }

    private ChannelFactory<Channel> kept(ChannelFactory<? extends Channel> sockets) {
        return () -> {
            Channel channel = sockets.newChannel();
            channels.add(channel);
            return channel;
        };
    }

    private void assertOpen(int count) {
        await().untilAsserted(() ->
                assertThat(channels.stream().filter(Channel::isOpen)).as("open").hasSize(count));
    }

    private static Connected connected(DialResult result) {
        assertThat(result).isInstanceOf(Connected.class);
        return (Connected) result;
    }

    private static Failed failed(DialResult result) {
        assertThat(result).isInstanceOf(Failed.class);
        return (Failed) result;
    }

    private VettedAddress accepting() throws IOException {
        return address(listen(50));
    }

    private VettedAddress refusing() throws IOException {
        try (ServerSocket closed = listen(1)) {
            return address(closed);
        }
    }

    /** A listener whose backlog is full: the kernel drops what comes, as a black hole would. */
    private VettedAddress silent() throws Exception {
        ServerSocket full = listen(1);
        boolean answered = true;
        for (int i = 0; answered && i < 20; i++) {
            SocketChannel filler = SocketChannel.open();
            resources.add(filler);
            filler.configureBlocking(false);
            answered = filler.connect(full.getLocalSocketAddress()) || isConnectedSoon(filler);
        }
        assertThat(answered).as("a full backlog still answers").isFalse();
        return address(full);
    }

    private static boolean isConnectedSoon(SocketChannel channel) throws Exception {
        for (int i = 0; i < 20; i++) {
            if (channel.finishConnect()) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(1); // for something that is not to happen
        }
        return false;
    }

    private ServerSocket listen(int backlog) throws IOException {
        ServerSocket listening = new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
        resources.add(listening);
        return listening;
    }

    private static VettedAddress address(ServerSocket listening) {
        return VettedAddresses.of((InetSocketAddress) listening.getLocalSocketAddress());
    }
}
