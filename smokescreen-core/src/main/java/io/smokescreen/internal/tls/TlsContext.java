package io.smokescreen.internal.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCounted;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.Metric;
import io.smokescreen.api.MetricsSink;
import io.smokescreen.internal.track.TextHygiene;
import java.lang.ref.Reference;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards clients as it is at one time: key, trust, revocation lists, the chains verified under these and the sessions
 * that can be resumed. A reload makes another one, so nothing of what was found under the old lists is found again, and no
 * session outlives the authorities it was made under.
 *
 * <p>Thread safety: immutable but for its caches; safe from any thread.
 */
public final class TlsContext {

    private static final String[] NO_CIPHER_SUITES = {};

    private final SslContext context;
    private final @Nullable ClientTrust trust;
    private final boolean clientCertificateRequired;

    private TlsContext(SslContext context, @Nullable ClientTrust trust, boolean clientCertificateRequired) {
        this.context = context;
        this.trust = trust;
        this.clientCertificateRequired = clientCertificateRequired;
        TlsProviders.freeWith(this, context);
    }

    /**
     * {@return the context}
     *
     * @param provider which implementation to use; null for the fastest that can do it
     * @param protocols which versions to speak
     * @throws ConfigurationException if the settings cannot be used, or not together
     */
    public static TlsContext of(TlsSettings settings, @Nullable SslProvider provider, List<String> protocols) {
        check(settings);
        ClientTrust trust = settings.clientAuthorities().isEmpty() ? null : new ClientTrust(settings);
        SslProvider chosen = provider == null ? TlsProviders.best(settings.identity()) : provider;
        TlsProviders.check(chosen, settings.identity());
        try {
            SslContextBuilder builder = TlsProviders.builder(chosen, settings.identity())
                    .protocols(protocols)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_1_1));
            if (trust != null) {
                builder.trustManager(new ClientTrustManager(trust, TlsProviders.isNative(chosen)))
                        .clientAuth(settings.clientCertificateRequired() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
            }
            return new TlsContext(builder.build(), trust, settings.clientCertificateRequired());
        } catch (SSLException e) {
            throw new ConfigurationException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static void check(TlsSettings settings) {
        if (!settings.clientAuthorities().isEmpty()) {
            return;
        }
        if (settings.clientCertificateRequired()) {
            throw new ConfigurationException(
                    "clients must have a certificate, and there are no client authorities (expected at least one)");
        }
        if (!settings.revocationLists().isEmpty()) {
            throw new ConfigurationException(
                    "there is a revocation list, " + settings.revocationLists().get(0)
                            + ", and there are no client authorities (expected its issuer)");
        }
    }

    /** {@return the handler for one connection} */
    public SslHandler newHandler(ByteBufAllocator allocator) {
        try {
            return context.newHandler(allocator);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Makes the handshake that is done the only one of its connection. With TLS 1.2 the JDK would let a client begin another one
     * whenever it likes, as another client too; left without a cipher suite it refuses. BoringSSL does so by itself.
     */
    public static void refuseRenegotiation(SSLEngine engine) {
        if (!(engine instanceof ReferenceCounted)) {
            engine.setEnabledCipherSuites(NO_CIPHER_SUITES);
        }
    }

    /** {@return who judges clients' certificates; empty: clients are not asked for one} */
    public Optional<ClientTrust> trust() {
        return Optional.ofNullable(trust);
    }

    /** {@return whether a client without a certificate is to be refused} */
    public boolean isClientCertificateRequired() {
        return clientCertificateRequired;
    }

    /**
     * Tells how long each revocation list still speaks for the present, which is negative once it does not, and warns of each
     * once. Call it now and then.
     */
    public void measureRevocationLists(MetricsSink metrics) {
        if (trust == null) {
            return;
        }
        trust.revocationLists().warnOfStale();
        Instant now = Instant.now();
        Map<String, Double> shortest =
                new HashMap<>(); // of several lists of an issuer the one that needs looking after first
        for (RevocationList list : trust.revocationLists().all()) {
            if (list.nextUpdate() != null) {
                double seconds = Duration.between(now, list.nextUpdate()).toSeconds();
                shortest.merge(TextHygiene.tag(list.issuer().getName()), seconds, Math::min);
            }
        }
        shortest.forEach((issuer, seconds) -> metrics.record(Metric.CRL_REMAINING, seconds, List.of(issuer)));
    }
}
