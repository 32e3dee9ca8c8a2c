package io.smokescreen.internal.mitm;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProtocols;
import io.netty.handler.ssl.SslProvider;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.Host;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Makes TLS in the name of hosts: mints the certificate and sets up TLS with it, which takes a millisecond or so.
 *
 * <p>Each host has a context of its own, so that a session with one is never resumed with another.
 *
 * <p>Thread safety: immutable; safe from any thread.
 */
public final class HostContexts {

    /** For clients that keep no tickets. There may be as many for each host. */
    private static final int MAX_SESSIONS = 16;

    private static final ApplicationProtocolConfig HTTP_1_1_ONLY = new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_1_1);

    private final MitmAuthority authority;
    private final SslProvider provider;
    private final PrivateKey key;
    private final LeafIssuer issuer;
    private final TrustManagerFactory nobody;

    private HostContexts(
            MitmAuthority authority,
            SslProvider provider,
            PrivateKey key,
            LeafIssuer issuer,
            TrustManagerFactory nobody) {
        this.authority = authority;
        this.provider = provider;
        this.key = key;
        this.issuer = issuer;
        this.nobody = nobody;
    }

    /**
     * {@return what makes contexts with certificates of this authority, for a new key on P-256}
     *
     * @param validity how long a certificate is valid from now on, at most
     * @throws ConfigurationException if the platform lacks what is needed
     */
    public static HostContexts of(MitmAuthority authority, SslProvider provider, Duration validity) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            return new HostContexts(
                    authority, provider, keys.getPrivate(), new LeafIssuer(authority, keys, validity), trustNobody());
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException("certificates for MITM cannot be minted: " + e.getMessage(), e);
        }
    }

    /** Clients are not asked for certificates. Left alone, Netty tells each context of all authorities the system trusts. */
    private static TrustManagerFactory trustNobody() throws GeneralSecurityException, IOException {
        KeyStore empty = KeyStore.getInstance("PKCS12");
        empty.load(null, null);
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(empty);
        return factory;
    }

    /** {@return why there can be no context at that time; empty if there can} */
    String whyNone(Instant now) {
        return authority.whyNotValid(now);
    }

    /**
     * {@return a context for the host, whose creator gives it up}
     *
     * @param now the time of day
     */
    public HostContext create(Host host, Instant now) throws GeneralSecurityException, IOException {
        Leaf leaf = issuer.issue(host, now);
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(leaf.certificate());
        chain.addAll(authority.identity().chain());
        return new HostContext(
                SslContextBuilder.forServer(keys(chain))
                        .sslProvider(provider)
                        .trustManager(nobody)
                        .protocols(SslProtocols.TLS_v1_3, SslProtocols.TLS_v1_2)
                        .applicationProtocolConfig(HTTP_1_1_ONLY)
                        .sessionCacheSize(MAX_SESSIONS)
                        .build(),
                leaf.renewAt());
    }

    /** From others Netty would encode key and certificates for BoringSSL anew in each handshake. */
    private KeyManagerFactory keys(List<X509Certificate> chain) {
        LeafKeys keys = new LeafKeys(key, chain);
        return provider == SslProvider.JDK ? keys : new OpenSslCachingX509KeyManagerFactory(keys, 1);
    }
}
