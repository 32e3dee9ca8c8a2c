package io.smokescreen.internal.track;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.smokescreen.api.EgressEvent;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A connection to a destination, from the moment it is established until its channel is closed, however that happens.
 *
 * <p>Only the channel's event loop writes; any thread may read. The counters are opaque (JLS 17.7, {@link VarHandle}): a
 * reader sees whole values that are at most a moment old, and writing one costs no more than writing a plain field.
 */
public final class OpenConnection {

    static final AttributeKey<OpenConnection> KEY = AttributeKey.valueOf(OpenConnection.class, "connection");

    private static final VarHandle LAST_ACTIVITY_NANOS = handle("lastActivityNanos");
    private static final VarHandle BYTES_IN = handle("bytesIn");
    private static final VarHandle BYTES_OUT = handle("bytesOut");

    private final ExchangeRecord record;
    private final Channel channel;
    private final Instant opened = Instant.now();
    private final long openedNanos = System.nanoTime();
    private volatile Load load = Load.REQUEST;

    @SuppressWarnings("FieldMayBeFinal") // set by their handles
    private long lastActivityNanos = openedNanos;

    @SuppressWarnings("FieldMayBeFinal")
    private long bytesIn;

    @SuppressWarnings("FieldMayBeFinal")
    private long bytesOut;

    private String error = "";
    private boolean activeAtTermination;

    /** What a connection is for at the moment. */
    public enum Load {
        /** A request that is on its way, or its response. */
        REQUEST,
        /** A tunnel. */
        TUNNEL,
        /** It waits for the next request. */
        NOTHING
    }

    OpenConnection(ExchangeRecord record, Channel channel) {
        this.record = record;
        this.channel = channel;
    }

    /** {@return what was recorded of a channel when it was opened} */
    public static OpenConnection of(Channel channel) {
        return channel.attr(KEY).get();
    }

    /** Notes what the connection is for from here on. Event loop only. */
    public void carries(Load value) {
        load = value;
    }

    /** Notes why the connection is about to end; the first reason stays. Event loop only. */
    public void fail(String why) {
        if (error.isEmpty()) {
            error = why;
        }
    }

    /**
     * Closes the connection because the proxy ends, and has its close line say so if it was active. Safe from any thread.
     *
     * @param idle as for {@link #activeForNanos}
     * @return done when the line is written
     */
    public Future<?> cut(Duration idle) {
        return channel.eventLoop().submit(() -> {
            activeAtTermination = activeForNanos(idle) > 0;
            // A FIN would make what arrived look complete, and so would the close_notify that TLS says in the pipeline.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.unsafe().close(channel.newPromise());
        });
    }

    /**
     * {@return how much longer it is active if nothing moves, 0 if it is not; a request is active to its end}
     *
     * @param idle a tunnel that carried nothing for so long is not active
     */
    public long activeForNanos(Duration idle) {
        return switch (load) {
            case NOTHING -> 0;
            case REQUEST -> Long.MAX_VALUE;
            case TUNNEL -> Math.max(0, idle.toNanos() - (System.nanoTime() - lastActivityNanos()));
        };
    }

    /** {@return what it is for} */
    public Load load() {
        return load;
    }

    /** {@return when it was established} */
    public Instant opened() {
        return opened;
    }

    /** {@return when bytes last moved, by {@link System#nanoTime()}} */
    public long lastActivityNanos() {
        return (long) LAST_ACTIVITY_NANOS.getOpaque(this);
    }

    /** {@return the bytes received from the destination} */
    public long bytesIn() {
        return (long) BYTES_IN.getOpaque(this);
    }

    /** {@return the bytes sent to the destination} */
    public long bytesOut() {
        return (long) BYTES_OUT.getOpaque(this);
    }

    /** {@return the exchange that it was established for; what identifies that does not change any more} */
    public ExchangeRecord record() {
        return record;
    }

    void received(int bytes) {
        BYTES_IN.setOpaque(this, bytesIn + bytes);
        LAST_ACTIVITY_NANOS.setOpaque(this, System.nanoTime());
    }

    void sent(int bytes) {
        BYTES_OUT.setOpaque(this, bytesOut + bytes);
        LAST_ACTIVITY_NANOS.setOpaque(this, System.nanoTime());
    }

    boolean wasActiveAtTermination() {
        return activeAtTermination;
    }

    /** {@return what a listener is told when it has ended, cleaned as in log lines} */
    Optional<EgressEvent> closedEvent() {
        Duration duration = Duration.ofNanos(ageNanos());
        return record.outboundRemote()
                .map(remote -> new EgressEvent.Closed(
                        record.id, remote, bytesIn, bytesOut, duration, TextHygiene.line(error)));
    }

    long ageNanos() {
        return System.nanoTime() - openedNanos;
    }

    String error() {
        return error;
    }

    Instant lastActivity() {
        return Instant.now().minusNanos(System.nanoTime() - lastActivityNanos);
    }

    private static VarHandle handle(String field) {
        try {
            return MethodHandles.lookup().findVarHandle(OpenConnection.class, field, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
