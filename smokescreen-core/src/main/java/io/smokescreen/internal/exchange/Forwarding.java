package io.smokescreen.internal.exchange;

import static java.util.Objects.requireNonNull;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.smokescreen.internal.address.VettedAddress;
import io.smokescreen.internal.relay.Forward;
import io.smokescreen.internal.relay.ForwardLimits;
import io.smokescreen.internal.relay.ForwardOutcome;
import io.smokescreen.internal.request.Request;
import io.smokescreen.internal.request.RequestEncoder;
import io.smokescreen.internal.request.ResponseDecoder;
import io.smokescreen.internal.track.OpenConnection;
import io.smokescreen.internal.track.OpenConnection.Load;
import io.smokescreen.internal.upstream.DialResult.Connected;
import io.smokescreen.internal.upstream.IdleConnections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The relay stage of a plain HTTP request: on a connection that waits for one, or on a new one, to an address that was vetted
 * for this very request. Event loop only.
 */
final class Forwarding implements ForwardOutcome {

    /** RFC 9110 §9.2.2: those that may be sent again where a kept connection turns out to be dead. */
    private static final Set<HttpMethod> REPEATABLE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final Stages stages;
    private final Exchange exchange;
    private final ExchangeHandler client;
    private final Request request;
    private final String role;
    private final Way way;
    private final IdleConnections idle;
    private final ForwardLimits limits;

    private IdleConnections.@Nullable Key key;
    private @Nullable Channel destination;
    private @Nullable Forward forward;
    private boolean reused;
    private boolean bodyAsked;

    Forwarding(Stages stages, Exchange exchange, ExchangeHandler client, Request request, String role, Way way) {
        this.stages = stages;
        this.exchange = exchange;
        this.client = client;
        this.request = request;
        this.role = role;
        this.way = way;
        this.limits = stages.waits()
                .forwarding(client.requestBegan(), exchange.account().beganNanos());
        this.idle = stages.idleConnections().apply(client.channel().eventLoop());
    }

    void start() {
        if (request.webSocketUpgrade()) {
            dial();
            return;
        }
        for (VettedAddress address : way.route().addresses()) {
            IdleConnections.Key candidate = keyOf(address);
            Optional<Channel> waiting = idle.take(candidate).filter(Forwarding::isUntouched);
            if (waiting.isPresent()) {
                reused = true;
                exchange.account().reused(waiting.get());
                use(waiting.get(), candidate);
                return;
            }
        }
        dial();
    }

    /** Nothing came while it waited: an origin that speaks unasked may have answered the next request already. */
    private static boolean isUntouched(Channel channel) {
        boolean untouched = channel.pipeline().get(ResponseDecoder.class).cleanlyFinished();
        if (!untouched) {
            channel.close();
        }
        return untouched;
    }

    void requestContent(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            content.release();
            brokenBody();
            return;
        }
        Forward current = forward;
        if (current == null) {
            content.release();
            return;
        }
        current.requestContent(content);
    }

    private void brokenBody() {
        boolean begun = responseHasBegun();
        abandon("the request's body was cut off or is malformed");
        if (begun) {
            exchange.cut();
            return;
        }
        exchange.refuse(Rejections.brokenBody(), null);
    }

    void requestReadComplete() {
        if (forward != null) {
            forward.requestReadComplete();
        }
    }

    void clientWritable() {
        if (forward != null) {
            forward.clientWritable();
        }
    }

    boolean responseHasBegun() {
        return forward != null && forward.responseHasBegun();
    }

    /** {@return whether the body of the request was asked for, so that it cannot be dropped any more} */
    boolean hasBegun() {
        return bodyAsked;
    }

    boolean requestHasEnded() {
        return forward != null && forward.requestHasEnded();
    }

    void abandon(String why) {
        if (forward != null) {
            forward.abandon(why);
        }
    }

    @Override
    public boolean keepsClient() {
        return !stages.draining().getAsBoolean();
    }

    @Override
    public boolean decorate(HttpResponse outgoing) {
        Optional<HttpHeaders> fields = Decoration.ofAccepted(
                stages.hooks(), exchange.account(), outgoing.status().code(), requireNonNull(destination));
        fields.ifPresent(outgoing.headers()::setAll);
        return fields.isPresent();
    }

    @Override
    public void responseBegan(long contentLength) {
        exchange.account().responded(contentLength);
    }

    @Override
    public void finished(boolean clientReusable, boolean destinationReusable) {
        Channel channel = destination;
        boolean reusable = destinationReusable
                && !authenticatesConnection(request)
                && stages.nextHops().isReusable(way);
        if (channel != null && key != null && reusable) {
            OpenConnection.of(channel).carries(Load.NOTHING);
            idle.offer(key, channel);
        } else if (channel != null) {
            channel.close();
        }
        exchange.finish(clientReusable);
    }

    /** NTLM and Negotiate make the connection its user's own (RFC 4559 §6); another client must not inherit that. */
    private static boolean authenticatesConnection(Request request) {
        return request.headers().getAll(HttpHeaderNames.AUTHORIZATION).stream()
                .map(credentials -> credentials.toLowerCase(Locale.ROOT))
                .anyMatch(credentials -> credentials.startsWith("ntlm") || credentials.startsWith("negotiate"));
    }

    @Override
    public void switched() {
        Channel channel = destination;
        if (channel != null) {
            exchange.becomeTunnel(channel, OpenConnection.of(channel));
        }
    }

    @Override
    public void failed(Failure failure, String message) {
        boolean repeatable =
                REPEATABLE.contains(request.method()) && request.framing().isEmpty();
        boolean ending = stages.draining().getAsBoolean();
        if (reused && repeatable && failure == Failure.NOTHING_RECEIVED && !ending) {
            reused = false;
            dial();
            return;
        }
        exchange.refuse(Rejections.ofForward(failure, message), request);
    }

    @Override
    public void cut(String why) {
        exchange.cut();
    }

    private void dial() {
        exchange.dial(way, this::connected, request);
    }

    private void connected(Connected connected) {
        Channel channel = connected.channel();
        exchange.account().opened(channel);
        ChannelPipeline pipeline = channel.pipeline();
        ResponseDecoder ofTunnel = pipeline.get(ResponseDecoder.class);
        pipeline.addLast(new ResponseDecoder(), new RequestEncoder());
        if (ofTunnel != null) { // a next hop has opened it; what follows is between the origin and us
            pipeline.remove(HttpRequestEncoder.class);
            pipeline.remove(ofTunnel);
        }
        use(channel, keyOf(connected.address()));
    }

    private void use(Channel channel, IdleConnections.Key connectionKey) {
        destination = channel;
        key = connectionKey;
        OpenConnection connection = OpenConnection.of(channel);
        connection.carries(Load.REQUEST);
        Forward started =
                new Forward(request, way.recipient().orElse(null), client.channel(), channel, connection, limits, this);
        forward = started;
        started.begin();
        if (started.isOver()) {
            return;
        }
        if (bodyAsked) {
            started.requestContent(LastHttpContent.EMPTY_LAST_CONTENT);
            return;
        }
        bodyAsked = true;
        client.readBody();
    }

    private IdleConnections.Key keyOf(VettedAddress address) {
        return new IdleConnections.Key(
                role,
                request.destination(),
                request.isSecure(),
                way.nextHop(),
                way.connectTo(),
                address.socketAddress());
    }
}
