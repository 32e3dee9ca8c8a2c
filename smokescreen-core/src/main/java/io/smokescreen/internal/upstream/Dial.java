package io.smokescreen.internal.upstream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.smokescreen.api.Host;
import io.smokescreen.internal.address.Cancellable;
import io.smokescreen.internal.address.VettedAddress;
import io.smokescreen.internal.upstream.DialResult.Connected;
import io.smokescreen.internal.upstream.DialResult.Failed;
import io.smokescreen.internal.upstream.DialResult.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect to a destination: its addresses are tried in order, each a quarter of a second after the one before
 * or as soon as that one failed (RFC 8305 §5); the first to connect wins and the others are closed. Event loop only.
 */
public final class Dial implements Cancellable {

    /** RFC 8305 §5, "Connection Attempt Delay", the recommended value. */
    static final Duration STAGGER = Duration.ofMillis(250);

    private final Sockets sockets;
    private final List<VettedAddress> addresses;
    private final EventLoop loop;
    private final Duration timeout;
    private final Consumer<DialResult> done;

    private final long startNanos = System.nanoTime();
    private final List<Attempt> pending = new ArrayList<>(1);
    private int next;
    private boolean finished;
    private @Nullable Future<?> deadline;
    private @Nullable Future<?> stagger;

    Dial(Sockets sockets, List<VettedAddress> addresses, EventLoop loop, Duration timeout, Consumer<DialResult> done) {
        this.sockets = sockets;
        this.addresses = addresses;
        this.loop = loop;
        this.timeout = timeout;
        this.done = done;
    }

    void start() {
        deadline = loop.schedule(this::timedOut, timeout.toNanos(), TimeUnit.NANOSECONDS);
        tryNext();
    }

    /** Gives up: nothing is called back any more, and what connects late is closed. */
    @Override
    public void cancel() {
        if (!finished) {
            finish();
        }
    }

    private void tryNext() {
        VettedAddress address = addresses.get(next++);
        if (next < addresses.size()) {
            stagger = loop.schedule(this::tryNext, STAGGER.toNanos(), TimeUnit.NANOSECONDS);
        }
        Attempt attempt = new Attempt(address);
        pending.add(attempt);
        attempt.begin();
    }

    private void connected(VettedAddress address, Channel channel) {
        if (finished) {
            channel.close();
            return;
        }
        // The last check before the first byte: the socket is connected to what was vetted, not to something like it.
        if (!address.socketAddress().equals(channel.remoteAddress())) {
            channel.close();
            failed(address, new IllegalStateException("connected to " + channel.remoteAddress()));
            return;
        }
        finish();
        done.accept(new Connected(channel, address, elapsed()));
    }

    private void failed(VettedAddress address, Throwable failure) {
        if (finished) {
            return;
        }
        if (next < addresses.size()) {
            cancel(stagger);
            tryNext();
            return;
        }
        if (pending.isEmpty()) {
            FailureKind kind = kindOf(failure);
            finish();
            done.accept(new Failed(kind, describe(address, kind), elapsed()));
        }
    }

    private void timedOut() {
        if (finished) {
            return;
        }
        finish();
        VettedAddress last = addresses.get(next - 1);
        done.accept(new Failed(FailureKind.TIMEOUT, describe(last, FailureKind.TIMEOUT), elapsed()));
    }

    private void finish() {
        finished = true;
        cancel(deadline);
        cancel(stagger);
        List.copyOf(pending).forEach(Attempt::giveUp);
    }

    private long elapsed() {
        return System.nanoTime() - startNanos;
    }

    private static String describe(VettedAddress address, FailureKind kind) {
        String host = Host.of(address.socketAddress().getAddress()).text();
        return "connect to " + host + " port " + address.socketAddress().getPort() + ": " + kind.words();
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** The JDK and the native transport tell what happened in the message only. */
    private static FailureKind kindOf(Throwable failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("refused")) {
            return FailureKind.REFUSED;
        }
        if (message.contains("reset")) {
            return FailureKind.RESET;
        }
        if (message.contains("abort")) {
            return FailureKind.ABORTED;
        }
        if (message.contains("timed out") || message.contains("timeout")) {
            return FailureKind.TIMEOUT;
        }
        boolean unreachable = message.contains("unreachable") || message.contains("no route");
        return unreachable ? FailureKind.UNREACHABLE : FailureKind.OTHER;
    }

    /** The attempt to connect to one address. */
    private final class Attempt implements Sockets.Answer {

        private final VettedAddress address;
        private Cancellable underWay = Cancellable.DONE;

        Attempt(VettedAddress address) {
            this.address = address;
        }

        void begin() {
            underWay = sockets.connect(address.socketAddress(), loop, this);
        }

        void giveUp() {
            underWay.cancel();
        }

        @Override
        public void connected(Channel channel) {
            pending.remove(this);
            Dial.this.connected(address, channel);
        }

        @Override
        public void failed(Throwable cause) {
            pending.remove(this);
            Dial.this.failed(address, cause);
        }
    }
}
