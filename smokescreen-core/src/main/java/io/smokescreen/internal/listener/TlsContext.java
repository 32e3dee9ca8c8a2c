package io.smokescreen.internal.listener;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.smokescreen.api.ConfigurationException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;

/** TLS towards clients: 1.2 and 1.3, HTTP/1.1 only. */
public final class TlsContext {

    private TlsContext() {}

    /**
     * {@return the context}
     *
     * @param clientAuthorities who signs clients' certificates; empty: clients are not asked for one
     * @throws ConfigurationException if key and certificates cannot be used
     */
    public static SslContext of(
            PrivateKey key, List<X509Certificate> certificates, List<X509Certificate> clientAuthorities) {
        SslContextBuilder builder = SslContextBuilder.forServer(key, certificates)
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_1_1));
        if (!clientAuthorities.isEmpty()) {
            builder.trustManager(clientAuthorities).clientAuth(ClientAuth.OPTIONAL);
        }
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new ConfigurationException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }
}
