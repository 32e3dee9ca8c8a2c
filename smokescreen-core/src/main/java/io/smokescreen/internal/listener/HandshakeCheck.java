package io.smokescreen.internal.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.ReferenceCountUtil;
import io.smokescreen.api.Metric;
import io.smokescreen.api.MetricsSink;
import io.smokescreen.internal.exchange.Announcement;
import io.smokescreen.internal.exchange.ClientIdentity;
import io.smokescreen.internal.tls.ClientTrust;
import io.smokescreen.internal.tls.RecordBoundary;
import io.smokescreen.internal.tls.Refusal;
import io.smokescreen.internal.tls.RefusedCertificateException;
import io.smokescreen.internal.tls.TlsContext;
import io.smokescreen.internal.tls.TlsLayers;
import io.smokescreen.internal.tls.VerifiedChain;
import io.smokescreen.internal.track.TextHygiene;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges a client once more when its TLS handshake is done, by the trust and the revocation lists of that moment. Two kinds of
 * handshake need it: a resumed one, in which no trust manager is asked, and one that began before a reload. Nothing that the
 * client sends gets past this handler before.
 */
final class HandshakeCheck extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(HandshakeCheck.class);

    private final Supplier<Optional<TlsContext>> current;
    private final MetricsSink metrics;
    private final LingeringAlert alert;
    private boolean over;

    private HandshakeCheck(Supplier<Optional<TlsContext>> current, MetricsSink metrics, LingeringAlert alert) {
        this.current = current;
        this.metrics = metrics;
        this.alert = alert;
    }

    /** Puts TLS and this check at the end of a client's pipeline. */
    static void install(
            ChannelPipeline pipeline, SslHandler tls, Supplier<Optional<TlsContext>> current, MetricsSink metrics) {
        LingeringAlert alert = new LingeringAlert();
        pipeline.addLast("record-boundary", new RecordBoundary());
        pipeline.addLast("alert", alert);
        TlsLayers.addLast(pipeline, tls);
        pipeline.addLast("handshake-check", new HandshakeCheck(current, metrics, alert));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !over) {
            if (handshake.isSuccess()) {
                succeeded(ctx);
            } else {
                failed(ctx, handshake.cause());
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!over && !(cause instanceof IOException)) {
            failed(ctx, cause);
        }
        ctx.close();
    }

    private void succeeded(ChannelHandlerContext ctx) {
        TlsContext.refuseRenegotiation(ctx.pipeline().get(SslHandler.class).engine());
        try {
            ctx.channel().attr(ClientIdentity.CERTIFICATES).set(verified(ctx));
        } catch (CertificateException | RuntimeException e) {
            failed(ctx, e);
            ctx.close(); // no alert is left to send, the handshake is done: close_notify
            return;
        }
        ctx.pipeline().remove(alert);
        ctx.pipeline().remove(this);
    }

    private List<X509Certificate> verified(ChannelHandlerContext ctx) throws CertificateException {
        TlsContext now = current.get().orElseThrow(() -> new IllegalStateException("TLS is switched off"));
        X509Certificate[] presented = presented(ctx);
        if (presented.length == 0) {
            if (now.isClientCertificateRequired()) {
                throw new RefusedCertificateException(Refusal.MISSING, "the client has no certificate");
            }
            return List.of();
        }
        Optional<ClientTrust> trust = now.trust();
        if (trust.isEmpty()) {
            return List.of(); // no one can tell any more who signed it
        }
        VerifiedChain chain = trust.get().verify(presented);
        chain.staleIssuers().forEach(issuer -> metrics.record(Metric.CRL_EXPIRED, 1, List.of(TextHygiene.tag(issuer))));
        return chain.certificates();
    }

    private static X509Certificate[] presented(ChannelHandlerContext ctx) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        try {
            return Arrays.stream(tls.engine().getSession().getPeerCertificates())
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new);
        } catch (SSLPeerUnverifiedException e) {
            return new X509Certificate[0]; // it presented none
        }
    }

    /** One line for each; a client that only goes away, as the probe of a load balancer does, is none to be warned of. */
    private void failed(ChannelHandlerContext ctx, Throwable cause) {
        over = true;
        alert.refused();
        RefusedCertificateException refused = RefusedCertificateException.among(cause);
        String reason = refused == null ? reason(cause) : refused.refusal().tag();
        metrics.record(Metric.TLS_HANDSHAKE_ERROR, 1, List.of(reason));
        String text = TextHygiene.line(refused == null ? cause.toString() : String.valueOf(refused.getMessage()));
        if (reason.equals("closed")) {
            LOG.debug("TLS handshake of {} ended: {}", Announcement.logged(ctx.channel()), text);
        } else {
            LOG.warn("TLS handshake of {} failed ({}): {}", Announcement.logged(ctx.channel()), reason, text);
        }
    }

    private static String reason(Throwable cause) {
        if (cause instanceof SslHandshakeTimeoutException) {
            return "timeout";
        }
        boolean goneAway = cause instanceof IOException && !(cause instanceof SSLException);
        return goneAway ? "closed" : "protocol";
    }
}
