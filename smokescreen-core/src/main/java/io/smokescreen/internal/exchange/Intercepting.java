package io.smokescreen.internal.exchange;

import io.netty.channel.Channel;
import io.smokescreen.internal.limit.Permit;
import io.smokescreen.internal.mitm.MitmCertificates;
import io.smokescreen.internal.request.Request;
import java.util.Optional;

/**
 * What follows for a CONNECT that is vetted and is to be looked into: a place among the tunnels, a certificate for its host, then
 * TLS with the client. Nothing is connected to; each request inside is decided and vetted by itself. Event loop only.
 */
final class Intercepting {

    private final Stages stages;
    private final Exchange exchange;
    private final ExchangeHandler client;
    private final Request request;
    private final Interception inside;
    private Permit permit = Permit.NONE;

    Intercepting(Stages stages, Exchange exchange, ExchangeHandler client, Request request, Interception inside) {
        this.stages = stages;
        this.exchange = exchange;
        this.client = client;
        this.request = request;
        this.inside = inside;
    }
}
