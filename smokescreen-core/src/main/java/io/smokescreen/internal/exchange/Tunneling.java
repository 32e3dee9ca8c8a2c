package io.smokescreen.internal.exchange;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.smokescreen.internal.limit.Permit;
import io.smokescreen.internal.request.Request;
import io.smokescreen.internal.track.OpenConnection;
import io.smokescreen.internal.upstream.DialResult.Connected;
import java.util.Optional;

/** What follows for a CONNECT whose addresses are vetted: a place among the tunnels, a connection, then bytes. Event loop only. */
final class Tunneling {

    private final Stages stages;
    private final Exchange exchange;
    private final ExchangeHandler client;
    private final Request request;
    private final Way way;
    private Permit permit = Permit.NONE;

    Tunneling(Stages stages, Exchange exchange, ExchangeHandler client, Request request, Way way) {
        this.stages = stages;
        this.exchange = exchange;
        this.client = client;
        this.request = request;
        this.way = way;
    }

    void reserve() {
        Optional<Permit> reserved = stages.limits().reserveTunnel();
        if (reserved.isEmpty()) {
            exchange.refuse(Rejections.tooManyTunnels(), request);
            return;
        }
        permit = reserved.get();
        exchange.account().dialing();
        exchange.dial(way, this::open, request);
    }

    /** The exchange is over: what is not held by an open tunnel is given back. */
    void end() {
        permit.close();
    }

    private void open(Connected connected) {
        Channel destination = connected.channel();
        Optional<HttpHeaders> fields =
                Decoration.ofAccepted(stages.hooks(), exchange.account(), HttpResponseStatus.OK.code(), destination);
        if (fields.isEmpty()) {
            destination.close();
            exchange.refuse(Rejections.internalError(), request);
            return;
        }
        Permit held = permit;
        permit = Permit.NONE;
        destination.closeFuture().addListener(closed -> held.close());
        OpenConnection connection = exchange.account().opened(destination);
        exchange.account().writeDecision();
        exchange.tunnelOpens();
        // Written past the encoder, which is about to leave the pipeline.
        Channel channel = client.channel();
        channel.pipeline()
                .context(client.encoder())
                .writeAndFlush(TunnelResponse.established(fields.get(), channel.alloc()), channel.voidPromise());
        exchange.becomeTunnel(destination, connection);
    }
}
