package io.smokescreen.internal.exchange;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.smokescreen.internal.address.Cancellable;
import io.smokescreen.internal.mitm.HostContext;
import io.smokescreen.internal.mitm.MitmCertificates;
import io.smokescreen.internal.mitm.MitmResult;
import io.smokescreen.internal.request.Request;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What follows for a CONNECT that is vetted and is to be looked into: a place among the tunnels, a certificate for its host, then
 * TLS with the client. Nothing is connected to yet; each request inside is decided and vetted by itself. Event loop only.
 */
final class Intercepting {

    private final Stages stages;
    private final Exchange exchange;
    private final ExchangeHandler client;
    private final Request request;
    private final Interception inside;

    /** @param inside what the requests inside inherit */
    Intercepting(Stages stages, Exchange exchange, ExchangeHandler client, Request request, Interception inside) {
        this.stages = stages;
        this.exchange = exchange;
        this.client = client;
        this.request = request;
        this.inside = inside;
    }

    void start(MitmCertificates certificates, Steps steps) {
        if (exchange.reserveTunnel(request)) {
            steps.begin(() -> mint(certificates, steps));
        }
    }

    private Cancellable mint(MitmCertificates certificates, Steps steps) {
        long limit = stages.waits().connect().toNanos();
        Future<?> deadline =
                client.channel().eventLoop().schedule(() -> steps.run(() -> late(steps)), limit, TimeUnit.NANOSECONDS);
        Cancellable minting = certificates.contextFor(inside.destination().host(), client.channel(), result -> {
            deadline.cancel(false);
            steps.run(() -> minted(result));
        });
        return () -> {
            deadline.cancel(false);
            minting.cancel();
        };
    }

    /** An authority's key may be in a module that hangs. */
    private void late(Steps steps) {
        steps.cancel();
        exchange.refuse(Rejections.mitmFailed(request, "the certificate for the host was not minted in time"), request);
    }

    private void minted(MitmResult result) {
        if (result instanceof MitmResult.Ready ready) {
            open(ready.context());
        } else if (result instanceof MitmResult.Failed failed) {
            exchange.refuse(Rejections.mitmFailed(request, failed.reason()), request);
        } else {
            exchange.refuse(Rejections.overloaded(), request);
        }
    }

    private void open(HostContext context) {
        Optional<HttpHeaders> fields =
                Decoration.ofAccepted(stages.hooks(), exchange.account(), HttpResponseStatus.OK.code(), null);
        if (fields.isEmpty()) {
            exchange.refuse(Rejections.internalError(), request);
            return;
        }
        Channel channel = client.channel();
        SslHandler tls = context.newHandler(channel.alloc()); // before the 200, after which nothing can be refused
        exchange.holdPlaceUntilClosed(channel);
        exchange.account().writeDecision();
        exchange.tunnelOpens();
        client.answerEstablished(fields.get());
        client.intercept(tls, inside);
    }
}
