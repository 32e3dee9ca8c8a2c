package io.smokescreen.internal.track;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.time.Instant;

/**
 * A connection to a destination, from the moment it is established until its channel is closed, however that happens. Its
 * counters belong to the channel's event loop; others may read them and see slightly old values.
 */
public final class OpenConnection {

    static final AttributeKey<OpenConnection> KEY = AttributeKey.valueOf(OpenConnection.class, "connection");

    private final ExchangeRecord record;
    private final Channel channel;
    private final long openedNanos = System.nanoTime();
    private long lastActivityNanos = openedNanos;
    private long bytesIn;
    private long bytesOut;
    private String error = "";
    private boolean cut;

    OpenConnection(ExchangeRecord record, Channel channel) {
        this.record = record;
        this.channel = channel;
    }

    /** {@return what was recorded of a channel when it was opened} */
    public static OpenConnection of(Channel channel) {
        return channel.attr(KEY).get();
    }

    /** Notes why the connection is about to end; the first reason stays. Event loop only. */
    public void fail(String why) {
        if (error.isEmpty()) {
            error = why;
        }
    }

    /**
     * Closes the connection because the proxy ends, and has its close line say so. Safe from any thread.
     *
     * @return done when the line is written
     */
    public Future<?> cut() {
        return channel.eventLoop().submit(() -> {
            cut = true;
            channel.close();
        });
    }

    /** {@return when bytes last moved, by {@link System#nanoTime()}} */
    public long lastActivityNanos() {
        return lastActivityNanos;
    }

    /** {@return the bytes received from the destination} */
    public long bytesIn() {
        return bytesIn;
    }

    /** {@return the bytes sent to the destination} */
    public long bytesOut() {
        return bytesOut;
    }

    void received(int bytes) {
        bytesIn += bytes;
        lastActivityNanos = System.nanoTime();
    }

    void sent(int bytes) {
        bytesOut += bytes;
        lastActivityNanos = System.nanoTime();
    }

    ExchangeRecord record() {
        return record;
    }

    boolean wasCut() {
        return cut;
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
}
