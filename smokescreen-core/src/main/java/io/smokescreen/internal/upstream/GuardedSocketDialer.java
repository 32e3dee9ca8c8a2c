package io.smokescreen.internal.upstream;

import static java.util.Objects.requireNonNull;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.smokescreen.api.SocketDialer;
import io.smokescreen.internal.address.Cancellable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only way the engine asks a {@link SocketDialer}: a channel that it gives is used if it is connected to the very address
 * that was asked for and somebody still waits for it; any other is closed. Safe from any event loop.
 */
public final class GuardedSocketDialer implements Sockets {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedSocketDialer.class);

    private final SocketDialer dialer;
    private final Consumer<Channel> configure;
    private final AtomicBoolean failureLogged = new AtomicBoolean();

    /**
     * @param dialer the application's dialer
     * @param configure sets the options that every TCP connection of the proxy has
     */
    public GuardedSocketDialer(SocketDialer dialer, Consumer<Channel> configure) {
        this.dialer = requireNonNull(dialer, "dialer");
        this.configure = configure;
    }

    @Override
    public Cancellable connect(InetSocketAddress address, EventLoop loop, Answer answer) {
        Attempt attempt = new Attempt(address, loop, answer);
        try {
            CompletionStage<SocketChannel> stage = dialer.connect(address);
            requireNonNull(stage, "SocketDialer.connect returned null").whenComplete(attempt::complete);
        } catch (Throwable e) { // a dialer that fails in any way has not connected
            attempt.complete(null, e);
        }
        return attempt;
    }

    private Channel adopt(@Nullable SocketChannel socket, InetSocketAddress address) throws IOException {
        requireNonNull(socket, "SocketDialer completed with null");
        // Before anything is sent: what was vetted is where it goes.
        if (!socket.isConnected() || !address.equals(socket.getRemoteAddress())) {
            throw new IllegalStateException("SocketDialer gave a channel to " + socket.getRemoteAddress()
                    + " (expected a connected one to " + address + ")");
        }
        Channel channel = new NioSocketChannel(socket);
        configure.accept(channel);
        return channel;
    }

    /** A host that refuses is nothing to log; a dialer that breaks its contract is. */
    private void note(Throwable cause) {
        if (!(cause instanceof IOException) && failureLogged.compareAndSet(false, true)) {
            LOG.warn("The socket dialer failed; the connection is given up. Further failures are not logged", cause);
        }
    }

    private static Throwable causeOf(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    private static void close(@Nullable SocketChannel socket) {
        if (socket == null) {
            return;
        }
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("a channel of the socket dialer cannot be closed", e);
        }
    }

    /** One call of the dialer. */
    private final class Attempt implements Cancellable {

        private final InetSocketAddress address;
        private final EventLoop loop;
        private final Answer answer;
        private boolean cancelled; // event loop only

        Attempt(InetSocketAddress address, EventLoop loop, Answer answer) {
            this.address = address;
            this.loop = loop;
            this.answer = answer;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        /** On whatever thread the dialer answers: making a channel non-blocking may wait for whoever reads from it. */
        void complete(@Nullable SocketChannel socket, @Nullable Throwable failure) {
            if (failure != null) {
                fail(socket, causeOf(failure));
                return;
            }
            try {
                Channel channel = adopt(socket, address);
                loop.execute(() -> register(channel, socket));
            } catch (RejectedExecutionException e) { // the proxy has ended
                close(socket);
            } catch (Throwable e) { // an Error too: the channel would stay open for ever
                fail(socket, e);
            }
        }

        private void fail(@Nullable SocketChannel socket, Throwable cause) {
            close(socket);
            note(cause);
            try {
                loop.execute(() -> answerFailed(cause));
            } catch (RejectedExecutionException e) {
                LOG.debug("a socket dialer answered after the proxy was closed");
            }
        }

        private void register(Channel channel, @Nullable SocketChannel socket) {
            if (cancelled) {
                close(socket);
                return;
            }
            loop.register(channel).addListener((ChannelFuture registered) -> {
                if (registered.isSuccess()) {
                    answer.connected(channel);
                } else {
                    close(socket);
                    answerFailed(registered.cause());
                }
            });
        }

        private void answerFailed(Throwable cause) {
            if (!cancelled) {
                answer.failed(cause);
            }
        }
    }
}
