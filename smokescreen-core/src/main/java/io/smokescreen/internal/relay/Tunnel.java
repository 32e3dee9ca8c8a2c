package io.smokescreen.internal.relay;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import io.smokescreen.internal.tls.TlsLayers;
import io.smokescreen.internal.track.OpenConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes between a client and a destination until both directions have ended. Both channels live on one event loop;
 * event loop only.
 *
 * <pre>
 *   OPEN ----FIN, passed on---> HALF CLOSED ----FIN from the other side----------------------> CLOSED
 *     |                              |  |                                                        ^
 *     |                              |  +--the side that has ended breaks--> DELIVERING --------+
 *     |                              |                                           |  its last bytes are out
 *     +--RST, error, idle-----------+--idle, the sending side breaks-------------+--idle, grace over--> CLOSED by RST
 * </pre>
 */
public final class Tunnel {

    /** How long what a broken side has sent may take to be read by the other side, which is then reset. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** A side that takes bytes out of the proxy's own buffers is not idle; it is looked at this often while it has some. */
    private static final int PROGRESS_CHECKS = 4;

    private final TunnelEnd client;
    private final TunnelEnd destination;
    private final OpenConnection connection;
    private final long idleNanos;
    private long pendingAtLastCheck;
    private boolean closed;
    private @Nullable Future<?> timer;

    private Tunnel(Channel client, Channel destination, OpenConnection connection, Duration idle) {
        this.client = new TunnelEnd(this, client, destination);
        this.destination = new TunnelEnd(this, destination, client);
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
        HeldCloseNotify.install(client.pipeline());
        HeldCloseNotify.install(destination.pipeline());
        client.pipeline().addLast("tunnel", tunnel.client);
        destination.pipeline().addLast("tunnel", tunnel.destination);
        tunnel.checkIdleIn(tunnel.idleNanos);
        // What ended before the ends were in place told nobody; what was held back for them comes first.
        client.eventLoop().execute(tunnel.client::catchUp);
        client.eventLoop().execute(tunnel.destination::catchUp);
    }

    /** One side sent its FIN: once everything before it is written, the other side gets it too. */
    void ended(TunnelEnd sender) {
        TunnelEnd receiver = otherThan(sender);
        if (receiver.isGone()) {
            delivered(receiver);
            return;
        }
        receiver.channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            if (flushed.isSuccess()) {
                delivered(receiver);
            } else {
                broken(receiver, "write failed: " + flushed.cause().getMessage());
            }
        });
    }

    /** One side has sent more, which the other one may be unable to take: then the tunnel is cut there. */
    boolean refusesMore(TunnelEnd sender) {
        TunnelEnd receiver = otherThan(sender);
        if (!receiver.inputEnded() || receiver.isGone() || !receiver.isDeaf()) {
            return false;
        }
        broken(receiver, "close_notify has ended both directions");
        return true;
    }

    /**
     * One side is gone or of no use any more. If it was still sending, the tunnel was cut, which the other side is to notice:
     * a FIN would make what arrived look complete. If it had ended before, the other side gets all that it had sent.
     */
    void broken(TunnelEnd end, String why) {
        if (closed || end.isGone()) {
            return;
        }
        if (!end.inputEnded()) {
            abort(why);
            return;
        }
        connection.fail(why);
        end.gone();
        reset(end.channel());
        TunnelEnd owed = otherThan(end);
        if (owed.inputEnded()) {
            delivered(end);
            return;
        }
        owed.channel().config().setAutoRead(true); // its FIN is what it takes to end well
        if (owed.outputEnded()) {
            resetAfterGrace();
        }
    }

    /** A side's channel was closed by something else than the tunnel, which is fine once nothing more is to come or to go. */
    void inactive(TunnelEnd end) {
        if (end.inputEnded() && end.outputEnded()) {
            end.gone();
            return;
        }
        broken(end, "connection closed before both directions had ended");
    }

    /** Everything for one side is written, FIN and all that came before it; or nobody is left to take it. */
    private void delivered(TunnelEnd receiver) {
        receiver.endOutput();
        if (closed) {
            return;
        }
        if (client.outputEnded() && destination.outputEnded()) {
            end();
            close(client.channel());
            close(destination.channel());
            return;
        }
        if (!receiver.isGone()) {
            shutdownOutput(receiver.channel());
        }
        if (otherThan(receiver).isGone()) {
            resetAfterGrace();
        }
    }

    private void abort(String why) {
        end();
        connection.fail(why);
        reset(client.channel());
        reset(destination.channel());
    }

    /** Cancels the timer too, which would keep the tunnel in memory until it runs. */
    private void end() {
        closed = true;
        cancelTimer();
    }

    private void resetAfterGrace() {
        cancelTimer();
        long nanos = Math.min(GRACE.toNanos(), idleNanos);
        timer = loopSchedule(() -> abort("the other side was gone"), nanos);
    }

    private void checkIdleIn(long nanos) {
        timer = loopSchedule(this::checkIdle, nanos);
    }

    private void checkIdle() {
        long left = idleNanos - (System.nanoTime() - connection.lastActivityNanos());
        if (left > 0) {
            checkIdleIn(left);
            return;
        }
        // Nothing was read; what was read before may still be on its way out to a slow side.
        long pending = pendingBytes(client.channel()) + pendingBytes(destination.channel());
        if (pending != pendingAtLastCheck) {
            pendingAtLastCheck = pending;
            checkIdleIn(idleNanos / PROGRESS_CHECKS);
            return;
        }
        abort("idle timeout");
    }

    private Future<?> loopSchedule(Runnable task, long nanos) {
        return client.channel().eventLoop().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private TunnelEnd otherThan(TunnelEnd end) {
        return end == client ? destination : client;
    }

    private static long pendingBytes(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    private static void close(Channel channel) {
        HeldCloseNotify.release(channel.pipeline());
        channel.close();
    }

    private static void shutdownOutput(Channel channel) {
        HeldCloseNotify.release(channel.pipeline());
        TlsLayers.shutdownOutput(channel);
    }

    /** Closes a channel with RST, so that its peer notices that something is missing. */
    public static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            // Past the pipeline: TLS would say close_notify first, which means that nothing is missing.
            channel.unsafe().close(channel.newPromise());
        }
    }
}
