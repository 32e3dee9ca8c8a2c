package io.smokescreen.internal.relay;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.smokescreen.internal.track.OpenConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Moves bytes between a client and a destination until both directions have ended. Both channels live on one event loop;
 * event loop only.
 *
 * <pre>
 *   OPEN --FIN from one side, passed on--> HALF CLOSED --FIN from the other--> CLOSED
 *     |                                        |
 *     +---- RST, error, idle: passed on as RST-+-----------------------------> CLOSED
 * </pre>
 */
public final class Tunnel {

    private final Channel client;
    private final Channel destination;
    private final OpenConnection connection;
    private final long idleNanos;
    private int endedDirections;
    private boolean closed;

    private Tunnel(Channel client, Channel destination, OpenConnection connection, Duration idle) {
        this.client = client;
        this.destination = destination;
        this.connection = connection;
        this.idleNanos = idle.toNanos();
    }

    /**
     * Puts the two ends in place. Both pipelines hold nothing behind TLS and the byte meter by now; reading starts when the
     * caller turns it on.
     *
     * @param idle how long nothing may move in either direction
     */
    public static void join(Channel client, Channel destination, OpenConnection connection, Duration idle) {
        Tunnel tunnel = new Tunnel(client, destination, connection, idle);
        client.pipeline().addLast("tunnel", new TunnelEnd(tunnel, destination));
        destination.pipeline().addLast("tunnel", new TunnelEnd(tunnel, client));
        tunnel.checkIdleIn(tunnel.idleNanos);
    }

    /** One side sent its FIN: once everything before it is written, the other side gets it too. */
    void endedFrom(Channel peer) {
        peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            if (!flushed.isSuccess()) {
                abort("write failed: " + flushed.cause().getMessage());
                return;
            }
            endedDirections++;
            if (endedDirections == 2) {
                close();
                return;
            }
            shutdownOutput(peer);
        });
    }

    /** The tunnel was cut, which both sides are to notice: a FIN would make what arrived look complete. */
    void abort(String why) {
        if (closed) {
            return;
        }
        closed = true;
        connection.fail(why);
        reset(client);
        reset(destination);
    }

    private void close() {
        closed = true;
        client.close();
        destination.close();
    }

    private void checkIdleIn(long nanos) {
        client.eventLoop().schedule(this::checkIdle, nanos, TimeUnit.NANOSECONDS);
    }

    private void checkIdle() {
        if (closed) {
            return;
        }
        long left = idleNanos - (System.nanoTime() - connection.lastActivityNanos());
        if (left > 0) {
            checkIdleIn(left);
            return;
        }
        abort("idle timeout");
    }

    private static void shutdownOutput(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            ((SocketChannel) channel).shutdownOutput();
            return;
        }
        // RFC 8446 §6.1: a TLS peer learns of the end by close_notify, and may go on sending.
        tls.closeOutbound().addListener(notified -> ((SocketChannel) channel).shutdownOutput());
    }

    /** Closes a channel with RST, so that its peer notices that something is missing. */
    public static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }
}
