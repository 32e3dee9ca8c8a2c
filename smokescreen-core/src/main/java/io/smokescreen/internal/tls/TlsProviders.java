package io.smokescreen.internal.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.smokescreen.api.ConfigurationException;
import java.security.cert.X509Certificate;

/** The implementations of TLS: BoringSSL where its native part loads, else the JDK's. */
public final class TlsProviders {

    private TlsProviders() {}

    /** {@return whether BoringSSL loads here, with TLS 1.3} */
    public static boolean isNativeAvailable() {
        return OpenSsl.isAvailable() && SslProvider.isTlsv13Supported(SslProvider.OPENSSL_REFCNT);
    }

    /**
     * {@return BoringSSL, which needs a fifth of the JDK's time for a handshake}
     *
     * @throws ConfigurationException if it does not load
     */
    public static SslProvider requireNative() {
        if (!isNativeAvailable()) {
            throw new ConfigurationException(
                    "the TLS provider BoringSSL does not load here (expected netty-tcnative-boringssl-static for this platform on"
                            + " the class path; the JDK's works everywhere)",
                    OpenSsl.unavailabilityCause());
        }
        return SslProvider.OPENSSL_REFCNT;
    }

    static SslProvider best(ServerIdentity identity) {
        return isNativeAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
    }

    static boolean isNative(SslProvider provider) {
        return provider != SslProvider.JDK;
    }

    static boolean isNative(SslContext context) {
        return context instanceof io.netty.util.ReferenceCounted;
    }

    static SslContextBuilder builder(SslProvider provider, ServerIdentity identity) {
        return SslContextBuilder.forServer(identity.key(), identity.chain().toArray(X509Certificate[]::new))
                .sslProvider(provider);
    }
}
