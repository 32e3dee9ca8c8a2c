package io.smokescreen.cli.metrics;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The socket to a statsd. After a failure it is opened anew, the name being looked up again, but not before
 * {@link #BETWEEN_ATTEMPTS}. It is connected, so that the kernel tells when nobody listens.
 *
 * <p>Thread safety: {@link #close} is safe from any thread and ends a write that waits; the rest is the sender's.
 */
final class StatsdChannel implements AutoCloseable {

    static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);

    private final StatsdAddress address;
    private final LongSupplier nanoClock;
    private volatile @Nullable DatagramChannel channel;
    private volatile boolean closed;
    private long notBefore;

    StatsdChannel(StatsdAddress address, LongSupplier nanoClock) {
        this.address = address;
        this.nanoClock = nanoClock;
        this.notBefore = nanoClock.getAsLong();
    }

    /** {@return whether packets can be written} */
    boolean isOpen() {
        return channel != null;
    }

    /** {@return whether {@link #open} may be called} */
    boolean mayOpen() {
        return !closed && channel == null && nanoClock.getAsLong() - notBefore >= 0;
    }

    void open() throws IOException {
        try {
            InetSocketAddress to = address.resolve();
            DatagramChannel opened = DatagramChannel.open();
            try {
                opened.connect(to);
            } catch (IOException | RuntimeException e) {
                opened.close();
                throw e;
            }
            channel = opened;
            if (closed) {
                close();
            }
        } finally {
            notBefore = nanoClock.getAsLong() + BETWEEN_ATTEMPTS.toNanos();
        }
    }

    /** Sends a packet; if that fails the channel is no longer open. */
    void write(ByteBuffer packet) throws IOException {
        DatagramChannel open = channel;
        if (open == null) {
            throw new IOException("not open");
        }
        try {
            open.write(packet);
        } catch (IOException e) {
            channel = null;
            open.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        DatagramChannel open = channel;
        if (open != null) {
            open.close();
        }
    }
}
