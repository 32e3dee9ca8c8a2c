package io.smokescreen.internal.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.smokescreen.api.ConfigurationException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS towards origins, or towards next hops: who signs their certificates and who implements it. The system's trust store, which
 * takes a quarter of a second to read, is read when the first connection needs it, on a thread of its own.
 *
 * <p>Thread safety: safe from any thread.
 */
public final class UpstreamTls {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamTls.class);

    private static final ThreadFactory READER = new DefaultThreadFactory("smokescreen-trust-store", true);

    /** A session that is resumed is not verified again, so it is not for long. */
    private static final int SESSION_SECONDS = 300;

    private static final int SESSIONS = 1_000;

    /** From one attempt to read the system's trust store to the next, if it cannot be used. */
    static final Duration RETRY = Duration.ofSeconds(10);

    private final SslProvider provider;
    private final LongSupplier nanoTime;
    private @Nullable CompletableFuture<UpstreamTlsContext> context;

    /** Of the last attempt. */
    private long readNanos;

    private UpstreamTls(
            SslProvider provider, LongSupplier nanoTime, @Nullable CompletableFuture<UpstreamTlsContext> context) {
        this.provider = provider;
        this.nanoTime = nanoTime;
        this.context = context;
    }

    /**
     * {@return TLS with those whose certificates lead to an authority that the system trusts}
     *
     * @param provider which implementation to use
     */
    public static UpstreamTls trustingSystem(SslProvider provider) {
        return trustingSystem(provider, System::nanoTime);
    }

    static UpstreamTls trustingSystem(SslProvider provider, LongSupplier nanoTime) {
        return new UpstreamTls(provider, nanoTime, null);
    }

    /**
     * {@return TLS with those whose certificates lead to one of these authorities}
     *
     * @param authorities at least one
     * @param provider which implementation to use
     * @throws ConfigurationException if they cannot be used
     */
    public static UpstreamTls trusting(List<X509Certificate> authorities, SslProvider provider) {
        try {
            UpstreamTlsContext context = context(manager(authorities), provider);
            return new UpstreamTls(provider, System::nanoTime, CompletableFuture.completedFuture(context));
        } catch (GeneralSecurityException | SSLException e) {
            throw new ConfigurationException(
                    "the authorities of origins or next hops cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * {@return the context, read by now or later; failed if the system's trust store cannot be used, which is tried again no sooner
     * than {@link #RETRY} later}
     */
    public synchronized CompletableFuture<UpstreamTlsContext> context() {
        CompletableFuture<UpstreamTlsContext> known = context;
        if (known == null || (known.isCompletedExceptionally() && mayRetry())) {
            readNanos = nanoTime.getAsLong();
            known = CompletableFuture.supplyAsync(
                    this::read, task -> READER.newThread(task).start());
            context = known;
        }
        return known;
    }

    private boolean mayRetry() {
        return nanoTime.getAsLong() - readNanos >= RETRY.toNanos();
    }

    private UpstreamTlsContext read() {
        try {
            return context(manager(systemAuthorities()), provider);
        } catch (GeneralSecurityException | SSLException | RuntimeException e) {
            LOG.error(
                    "the system's trust store cannot be used, so that nothing can be reached over TLS; it is read again in {} s"
                            + " at the earliest",
                    RETRY.toSeconds(),
                    e);
            throw new IllegalStateException("the system's trust store cannot be used", e);
        }
    }

    private static UpstreamTlsContext context(X509ExtendedTrustManager authorities, SslProvider provider)
            throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(provider)
                .trustManager(new ServerTrustManager(authorities, TlsProviders.isNative(provider)))
                .protocols(UpstreamTlsContext.VERSIONS)
                .sessionTimeout(SESSION_SECONDS)
                .sessionCacheSize(SESSIONS)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_1_1));
        return new UpstreamTlsContext(builder.build());
    }

    private static List<X509Certificate> systemAuthorities() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init((KeyStore) null);
        List<X509Certificate> authorities = List.of(x509(factory).getAcceptedIssuers());
        if (authorities.isEmpty()) {
            throw new GeneralSecurityException("it holds no authority");
        }
        return authorities;
    }

    /**
     * The system's authorities take this way too: the JDK's own look-ups of revocation, which com.sun.net.ssl.checkRevocation
     * switches on where nothing is said of it, would go to the network, on the event loop and to addresses that nobody vetted.
     */
    private static X509ExtendedTrustManager manager(List<X509Certificate> authorities) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(withoutRevocation(authorities)));
        return x509(factory);
    }

    private static X509ExtendedTrustManager x509(TrustManagerFactory factory) throws GeneralSecurityException {
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager x509) {
                return x509;
            }
        }
        throw new GeneralSecurityException("the PKIX trust manager factory has no trust manager for X.509");
    }

    private static PKIXBuilderParameters withoutRevocation(List<X509Certificate> authorities)
            throws GeneralSecurityException {
        Set<TrustAnchor> anchors =
                authorities.stream().map(each -> new TrustAnchor(each, null)).collect(Collectors.toSet());
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
        parameters.setRevocationEnabled(false);
        return parameters;
    }
}
