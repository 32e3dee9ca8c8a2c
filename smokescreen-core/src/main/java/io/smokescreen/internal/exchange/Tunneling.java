package io.smokescreen.internal.exchange;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
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

    Tunneling(Stages stages, Exchange exchange, ExchangeHandler client, Request request, Way way) {
        this.stages = stages;
        this.exchange = exchange;
        this.client = client;
        this.request = request;
        this.way = way;
    }

    void start() {
        if (exchange.reserveTunnel(request)) {
            exchange.account().dialing();
            exchange.dial(way, this::open, request);
        }
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
        exchange.holdPlaceUntilClosed(destination);
        OpenConnection connection = exchange.account().opened(destination);
        exchange.account().writeDecision();
        exchange.tunnelOpens();
        client.answerEstablished(fields.get());
        exchange.becomeTunnel(destination, connection);
    }
}
