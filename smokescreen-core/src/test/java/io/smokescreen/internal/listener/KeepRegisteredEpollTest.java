package io.smokescreen.internal.listener;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.Version;
import io.smokescreen.internal.relay.Tunnel;
import io.smokescreen.internal.track.ExchangeRecord;
import io.smokescreen.internal.track.GuardedMetricsSink;
import io.smokescreen.internal.track.Tracker;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Why {@link KeepRegisteredEpoll} exists: the same small relay, with it and without, carries an answer of 20 MB to a slow
 * client that has ended its own direction.
 *
 * <p>What plain epoll does is asserted only for the version that it was observed with, so that an update of Netty does not
 * break the build: then the test is skipped, and says whether the wrapper is still needed.
 */
class KeepRegisteredEpollTest {

    private static final int ANSWER = 20_000_000;

    /** Versions of Netty that this test has seen losing data. */
    private static final Set<String> LOSING = Set.of("4.2.18.Final");

    private static final Semaphore JOINED = new Semaphore(0);

    @BeforeAll
    static void epollLoads() {
        assumeTrue(Epoll.isAvailable(), () -> "epoll does not load here: " + Epoll.unavailabilityCause());
    }

    @Test
    void wrapped_carriesEverything() throws Exception {
        assertThat(carried(KeepRegisteredEpoll.newFactory())).isEqualTo(ANSWER);
    }

    @Test
    void plain_losesTheRest_inTheVersionsThatAreKnownFor() throws Exception {
        Version epoll = requireNonNull(Version.identify().get("netty-transport-classes-epoll"));
        String version = epoll.artifactVersion();
        int carried = carried(EpollIoHandler.newFactory());
        if (!LOSING.contains(version)) {
            abort("Netty " + version + " carried " + carried + " of " + ANSWER + " bytes: "
                    + (carried == ANSWER ? "KeepRegisteredEpoll can go" : "KeepRegisteredEpoll is still needed"));
        }
        assertThat(carried).as("what Netty %s carries", version).isLessThan(ANSWER);
    }

    private static int carried(IoHandlerFactory epoll) throws Exception {
        AtomicLong written = new AtomicLong();
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, epoll);
        try (TestOrigin origin = TestOrigin.startOn("127.0.0.1", connection -> {
            connection.getInputStream().readAllBytes();
            OutputStream out = connection.getOutputStream();
            for (int sent = 0; sent < ANSWER; sent += 100_000) {
                out.write(new byte[100_000]);
                written.addAndGet(100_000);
            }
        })) {
            Channel relay = relayTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), origin.port()), loops);
            try (RawClient client = RawClient.connect((InetSocketAddress) relay.localAddress())) {
                JOINED.acquire();
                client.send("question").halfClose();
                awaitStall(written);
                return readUntilTheEndOrReset(client);
            }
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private static Channel relayTo(InetSocketAddress origin, MultiThreadIoEventLoopGroup loops) throws Exception {
        return new ServerBootstrap()
                .group(loops)
                .channelFactory(EpollServerSocketChannel::new)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        IoTransport.configured(client);
                        new Bootstrap()
                                .group(client.eventLoop())
                                .channelFactory(() -> IoTransport.configured(new EpollSocketChannel()))
                                .handler(new ChannelInboundHandlerAdapter())
                                .connect(origin)
                                .addListener((ChannelFuture connected) -> join(client, connected.channel()));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    private static void join(Channel client, Channel destination) {
        Tracker tracker = new Tracker(new GuardedMetricsSink((metric, value, tags) -> {}), true, null);
        InetSocketAddress address = (InetSocketAddress) client.remoteAddress();
        ExchangeRecord request = new ExchangeRecord(address, "", "");
        Tunnel.join(client, destination, tracker.opened(request, destination), Duration.ofHours(1));
        client.config().setAutoRead(true);
        destination.config().setAutoRead(true);
        JOINED.release();
    }

    private static int readUntilTheEndOrReset(RawClient client) {
        int count = 0;
        try {
            for (byte[] some = client.read(10_000); some.length > 0; some = client.read(10_000)) {
                count += some.length;
            }
        } catch (UncheckedIOException e) { // the rest is lost
            return count;
        }
        return count;
    }

    private static void awaitStall(AtomicLong count) {
        AtomicLong last = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(200))
                .until(() -> count.get() > 0 && last.getAndSet(count.get()) == count.get());
    }
}
