package io.smokescreen.internal.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.smokescreen.api.Destination;
import io.smokescreen.api.NextHop;
import io.smokescreen.internal.request.ResponseDecoder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IdleConnectionsTest {

    private static final int MAX = 20;
    private static final int MAX_PER_HOST = 3;

    private final IdleConnections idle = new IdleConnections(new IdleLimits(MAX, MAX_PER_HOST));

    @Test
    void take_givesBackWhatWasOffered_once_lastOneFirst() {
        EmbeddedChannel first = offered(key("a.test"));
        EmbeddedChannel second = offered(key("a.test"));
        assertThat(idle.take(key("a.test"))).containsSame(second);
        assertThat(idle.take(key("a.test"))).containsSame(first);
        assertThat(idle.take(key("a.test"))).isEmpty();
        assertThat(first.isActive()).isTrue();
        assertThat(first.pipeline().names()).doesNotContain("idle");
    }

    @Test
    void key_holdsEverythingTheVerdictWasAbout() throws Exception {
        Destination host = Destination.of("a.test", 80);
        Optional<NextHop> hop = Optional.of(NextHop.parse("http://u:p@hop.test:3128"));
        Optional<NextHop> otherCredentials = Optional.of(NextHop.parse("http://u:q@hop.test:3128"));
        Optional<NextHop> otherTls = Optional.of(NextHop.parse("https://u:p@hop.test:3128"));
        EmbeddedChannel channel =
                offered(new IdleConnections.Key("role", host, false, hop, "a.test:80", address(1, 80)));

        assertThat(List.of(
                        new IdleConnections.Key("", host, false, hop, "a.test:80", address(1, 80)),
                        new IdleConnections.Key(
                                "role", Destination.of("b.test", 80), false, hop, "a.test:80", address(1, 80)),
                        new IdleConnections.Key(
                                "role", Destination.of("a.test", 81), false, hop, "a.test:80", address(1, 80)),
                        new IdleConnections.Key("role", host, true, hop, "a.test:80", address(1, 80)),
                        new IdleConnections.Key("role", host, false, Optional.empty(), "a.test:80", address(1, 80)),
                        new IdleConnections.Key("role", host, false, otherCredentials, "a.test:80", address(1, 80)),
                        new IdleConnections.Key("role", host, false, otherTls, "a.test:80", address(1, 80)),
                        new IdleConnections.Key("role", host, false, hop, "192.0.2.1:80", address(1, 80)),
                        new IdleConnections.Key("role", host, false, hop, "a.test:80", address(2, 80))))
                .allSatisfy(other -> assertThat(idle.take(other)).isEmpty());
        assertThat(idle.take(new IdleConnections.Key("role", host, false, hop, "a.test:80", address(1, 80))))
                .containsSame(channel);
    }

    @Test
    void connection_isClosedWhenItsTimeIsUp() {
        EmbeddedChannel channel = new EmbeddedChannel(new ResponseDecoder());
        channel.freezeTime();
        idle.offer(key("a.test"), channel);
        channel.advanceTimeBy(IdleConnections.MAX_IDLE.toMillis() - 1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isActive()).isTrue();
        channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isActive()).isFalse();
        assertThat(idle.take(key("a.test"))).isEmpty();
    }

    @Test
    void timer_endsWithTheWait() {
        EmbeddedChannel channel = new EmbeddedChannel(new ResponseDecoder());
        channel.freezeTime();
        idle.offer(key("a.test"), channel);
        assertThat(idle.take(key("a.test"))).isPresent();
        channel.advanceTimeBy(IdleConnections.MAX_IDLE.toMillis(), TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isActive()).isTrue();
    }

    @Test
    void connection_isDroppedWhenItsOriginSpeaksOrEnds() {
        EmbeddedChannel speaks = offered(key("a.test"));
        speaks.writeInbound(Unpooled.wrappedBuffer(new byte[] {1}));
        EmbeddedChannel ends = offered(key("a.test"));
        ends.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        EmbeddedChannel fails = offered(key("a.test"));
        fails.pipeline().fireExceptionCaught(new IOException("reset"));
        EmbeddedChannel closes = offered(key("a.test"));
        closes.close();

        assertThat(List.of(speaks, ends, fails, closes)).noneMatch(EmbeddedChannel::isActive);
        assertThat(idle.take(key("a.test"))).isEmpty();
    }

    @Test
    void oneHost_isBounded() {
        List<EmbeddedChannel> channels = new ArrayList<>();
        for (int i = 0; i <= MAX_PER_HOST; i++) {
            channels.add(offered(key("a.test")));
        }
        EmbeddedChannel tooMany = channels.remove(MAX_PER_HOST);
        assertThat(tooMany.isActive()).isFalse();
        assertThat(channels).allMatch(EmbeddedChannel::isActive);
        assertThat(idle.take(key("a.test"))).isPresent();
        assertThat(offered(key("a.test")).isActive()).isTrue();
    }

    @Test
    void allTogether_areBounded() {
        List<EmbeddedChannel> channels = new ArrayList<>();
        for (int i = 0; i < MAX; i++) {
            channels.add(offered(key("h" + i + ".test")));
        }
        assertThat(channels).allMatch(EmbeddedChannel::isActive);
        assertThat(offered(key("one-more.test")).isActive()).isFalse();
        channels.get(0).close();
        assertThat(offered(key("one-more.test")).isActive()).isTrue();
        assertThat(idle.take(key("one-more.test"))).isPresent();
        assertThat(offered(key("one-more.test")).isActive()).isTrue();
        assertThat(offered(key("one-more.test")).isActive()).isFalse();
    }

    @Test
    void limits_areThoseOfAllEventLoopsTogether() {
        IdleLimits shared = new IdleLimits(3, 2);
        IdleConnections one = new IdleConnections(shared);
        IdleConnections other = new IdleConnections(shared);

        assertThat(offered(one, key("a.test")).isActive()).isTrue();
        assertThat(offered(other, key("a.test")).isActive()).isTrue();
        assertThat(offered(one, key("a.test")).isActive()).isFalse();
        assertThat(offered(one, key("b.test")).isActive()).isTrue();
        assertThat(offered(other, key("c.test")).isActive()).isFalse();

        assertThat(other.take(key("a.test"))).isPresent();
        assertThat(offered(one, key("a.test")).isActive()).isTrue();
    }

    @Test
    void noPlaces_meansThatNothingIsKept() {
        assertThat(offered(new IdleConnections(new IdleLimits(0, 1)), key("a.test"))
                        .isActive())
                .isFalse();
        assertThat(offered(new IdleConnections(new IdleLimits(1, 0)), key("a.test"))
                        .isActive())
                .isFalse();
    }

    @Test
    void closedConnection_isNotKept() {
        EmbeddedChannel closed = new EmbeddedChannel(new ResponseDecoder());
        closed.close();
        idle.offer(key("a.test"), closed);
        assertThat(idle.take(key("a.test"))).isEmpty();
    }

    private EmbeddedChannel offered(IdleConnections.Key key) {
        return offered(idle, key);
    }

    private static EmbeddedChannel offered(IdleConnections connections, IdleConnections.Key key) {
        EmbeddedChannel channel = new EmbeddedChannel(new ResponseDecoder());
        connections.offer(key, channel);
        return channel;
    }

    private static IdleConnections.Key key(String host) {
        try {
            return new IdleConnections.Key(
                    "role", Destination.of(host, 80), false, Optional.empty(), host + ":80", address(1, 80));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static InetSocketAddress address(int last, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last}), port);
    }
}
