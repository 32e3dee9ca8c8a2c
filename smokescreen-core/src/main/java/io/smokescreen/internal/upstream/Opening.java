package io.smokescreen.internal.upstream;

import static java.util.Objects.requireNonNull;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.smokescreen.api.Destination;
import io.smokescreen.api.NextHop;
import io.smokescreen.internal.address.Cancellable;
import io.smokescreen.internal.address.VettedAddress;
import io.smokescreen.internal.request.ConnectRequest;
import io.smokescreen.internal.request.ResponseDecoder;
import io.smokescreen.internal.tls.HandshakeFailure;
import io.smokescreen.internal.tls.TlsLayers;
import io.smokescreen.internal.tls.UpstreamTls;
import io.smokescreen.internal.tls.UpstreamTlsContext;
import io.smokescreen.internal.tls.UpstreamTlsContext.Adjustment;
import io.smokescreen.internal.upstream.DialResult.Connected;
import io.smokescreen.internal.upstream.DialResult.Failed;
import io.smokescreen.internal.upstream.DialResult.FailureKind;
import io.smokescreen.internal.upstream.DialResult.Faulted;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that takes more than a socket, on its way. Event loop only.
 *
 * <pre>
 *   dial --> TLS with the next hop --> CONNECT --> TLS with the destination --> handed over
 *            (https next hop)         (next hop,   (HTTPS)
 *                                      not HTTP)
 * </pre>
 *
 * <p>Whatever ends it early (failure, deadline, cancellation) closes the channel, in each phase.
 */
final class Opening implements Cancellable {

    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

    private static final String HANDLER = "opening";

    private final Connector connector;
    private final Order order;
    private final @Nullable NextHop hop;
    private final EventLoop loop;
    private final Consumer<DialResult> done;
    private final long startNanos = System.nanoTime();

    private Phase phase = Phase.DIAL;
    private Cancellable dial = Cancellable.DONE;
    private @Nullable Future<?> deadline;
    private @Nullable Channel channel;
    private @Nullable VettedAddress address;

    /** What is being waited for. */
    enum Phase {
        DIAL,
        TLS_WITH_HOP,
        CONNECT,
        TLS_WITH_DESTINATION,
        OVER
    }

    Opening(Connector connector, Order order, EventLoop loop, Consumer<DialResult> done) {
        this.connector = connector;
        this.order = order;
        this.hop = order.route() instanceof Route.Via via ? via.hop() : null;
        this.loop = loop;
        this.done = done;
    }

    // ----------------------------------------------------------------------------------------------- dial

    void start() {
        Cancellable begun = connector.dialer().dial(order.route().addresses(), loop, this::dialed);
        dial = begun;
    }

    private void dialed(DialResult result) {
        if (result instanceof Connected connected) {
            channel = connected.channel();
            address = connected.address();
            long left = connector.timeout().toNanos() - elapsed();
            deadline = loop.schedule(this::timedOut, Math.max(0, left), TimeUnit.NANOSECONDS);
            connected.channel().pipeline().addLast(HANDLER, new OpeningHandler(this));
            afterDial();
            return;
        }
        phase = Phase.OVER;
        boolean failed = result instanceof Failed && hop != null;
        done.accept(failed ? nextHopFailed((Failed) result) : result);
    }

    private Failed nextHopFailed(Failed failed) {
        return new Failed(failed.kind(), "next hop " + hop + ": " + failed.message(), failed.nanos());
    }

    private void afterDial() {
        NextHop via = hop;
        if (via == null) {
            tlsWithDestination();
        } else if (via.tls()) {
            tlsWithHop(via);
        } else {
            afterHop();
        }
    }

    // ------------------------------------------------------------------------------------- TLS, next hop

    private void tlsWithHop(NextHop via) {
        phase = Phase.TLS_WITH_HOP;
        Adjustment hook =
                parameters -> connector.hooks().tls().configure(order.context().get(), via, parameters);
        beginTls(connector.nextHops(), via.address(), hook);
    }

    private void afterHop() {
        if (order.purpose() == Purpose.HTTP) {
            handOver();
        } else {
            connect();
        }
    }

    // -------------------------------------------------------------------------------------------- CONNECT

    private void connect() {
        NextHop via = requireNonNull(hop);
        phase = Phase.CONNECT;
        try {
            Map<String, String> fields =
                    connector.hooks().connect().headers(order.context().get(), via);
            var request = ConnectRequest.of(order.connectTo(), via.proxyAuthorization(), fields);
            ResponseDecoder decoder = new ResponseDecoder();
            ChannelPipeline pipeline = requireNonNull(channel).pipeline();
            pipeline.addBefore(HANDLER, "hop-decoder", decoder);
            pipeline.addBefore(HANDLER, "hop-encoder", new HttpRequestEncoder());
            decoder.expectResponseTo(HttpMethod.CONNECT);
            pipeline.writeAndFlush(request).addListener(written -> {
                if (!written.isSuccess()) {
                    broken(written.cause());
                }
            });
            pipeline.read();
        } catch (Throwable e) {
            fault(e);
        }
    }

    /** The next hop has answered, with a status that ends the waiting. */
    void answered(int status, boolean success) {
        if (!success) {
            fail(FailureKind.HOP_REFUSED, "next hop " + hop + " answered CONNECT with status " + status);
        } else if (order.purpose() == Purpose.HTTPS) {
            tlsWithDestination();
        } else {
            handOver();
        }
    }

    /** What the next hop has answered is not HTTP, or not all of it. */
    void answeredWrongly(String reason) {
        fail(FailureKind.HOP_FAILED, "next hop " + hop + ": invalid answer to CONNECT: " + reason);
    }

    // --------------------------------------------------------------------------------- TLS, destination

    private void tlsWithDestination() {
        phase = Phase.TLS_WITH_DESTINATION;
        beginTls(connector.origins(), order.destination(), Adjustment.NONE);
    }

    /** Waits for the context, which is there but for the first time. */
    private void beginTls(UpstreamTls tls, Destination server, Adjustment adjustment) {
        CompletableFuture<UpstreamTlsContext> context = tls.context();
        if (context.isDone()) {
            addTls(context, server, adjustment);
            return;
        }
        context.whenComplete((ready, failure) -> loop.execute(() -> {
            if (phase != Phase.OVER) {
                addTls(context, server, adjustment);
            }
        }));
    }

    private void addTls(CompletableFuture<UpstreamTlsContext> context, Destination server, Adjustment adjustment) {
        try {
            Channel connected = requireNonNull(channel);
            SslHandler tls = context.join().newHandler(connected.alloc(), server, adjustment);
            ChannelPipeline pipeline = connected.pipeline();
            boolean behindConnect = pipeline.get(ResponseDecoder.class) != null;
            if (behindConnect) {
                pipeline.remove(HttpRequestEncoder.class); // which takes no bytes
            }
            TlsLayers.addBefore(pipeline, HANDLER, tls);
            pipeline.addBefore(HANDLER, null, new TlsInputEnd(tls));
            if (behindConnect) {
                pipeline.remove(ResponseDecoder.class); // what it held goes to TLS
            }
            if (phase != Phase.OVER) {
                pipeline.context(tls)
                        .read(); // past its own count of reads, by which it would read once more afterwards
            }
        } catch (Throwable e) {
            fault(e);
        }
    }

    void handshakeDone() {
        if (phase == Phase.TLS_WITH_HOP) {
            afterHop();
        } else if (phase == Phase.TLS_WITH_DESTINATION) {
            handOver();
        }
    }

    // ----------------------------------------------------------------------------------------- the ends

    private void handOver() {
        Channel connected = requireNonNull(channel);
        end();
        connected.pipeline().remove(HANDLER);
        done.accept(new Connected(connected, requireNonNull(address), elapsed()));
    }

    /** The connection is of no use any more, for this reason. */
    void broken(@Nullable Throwable cause) {
        LOG.debug("{} on the way to {} failed", phase, order.destination(), cause);
        switch (phase) {
            case TLS_WITH_HOP ->
                fail(FailureKind.HOP_FAILED, "TLS with next hop " + hop + ": " + HandshakeFailure.describe(cause));
            case TLS_WITH_DESTINATION ->
                fail(
                        FailureKind.TLS_FAILED,
                        "TLS with " + order.destination() + ": " + HandshakeFailure.describe(cause));
            case CONNECT ->
                fail(
                        FailureKind.HOP_FAILED,
                        "next hop " + hop + ": closed the connection without an answer to CONNECT");
            case DIAL, OVER -> {}
        }
    }

    private void timedOut() {
        String waitedFor = switch (phase) {
            case TLS_WITH_HOP -> "TLS with next hop " + hop;
            case CONNECT -> "the answer of next hop " + hop + " to CONNECT";
            default -> "TLS with " + order.destination();
        };
        fail(FailureKind.TIMEOUT, waitedFor + ": " + FailureKind.TIMEOUT.words());
    }

    private void fail(FailureKind kind, String message) {
        if (phase != Phase.OVER) {
            cancel();
            done.accept(new Failed(kind, message, elapsed()));
        }
    }

    /** The proxy itself, or a hook, is at fault. */
    void fault(Throwable cause) {
        if (phase != Phase.OVER) {
            cancel();
            done.accept(new Faulted(cause, elapsed()));
        }
    }

    /** Gives up: nothing is called back any more, and no channel is left. */
    @Override
    public void cancel() {
        if (phase == Phase.OVER) {
            return;
        }
        end();
        dial.cancel();
        if (channel != null) {
            channel.close();
        }
    }

    private void end() {
        phase = Phase.OVER;
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    Phase phase() {
        return phase;
    }

    private long elapsed() {
        return System.nanoTime() - startNanos;
    }
}
