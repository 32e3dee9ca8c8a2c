package io.smokescreen;

import io.netty.handler.ssl.SslProvider;
import io.smokescreen.internal.tls.TlsProviders;
import org.jspecify.annotations.Nullable;

/** Who implements TLS. */
public enum TlsProvider {
    /** {@link #OPENSSL} where it loads and can use the proxy's key, if there is one, else {@link #JDK}. The default. */
    AUTO,
    /** The JDK's. Works everywhere. */
    JDK,
    /**
     * BoringSSL, which needs a fraction of the JDK's time for a handshake. It wants {@code netty-tcnative-boringssl-static} for
     * the platform on the class path, or on the module path with
     * {@code --add-modules io.netty.internal.tcnative.openssl.linux.x86_64}; the proxy cannot be built where it does not load,
     * or where the proxy's key is neither RSA nor EC.
     *
     * <p>Clients with Ed25519 keys cannot show their certificates. A client that says close_notify gets nothing more in a
     * tunnel, as with TLS 1.2: what comes for it afterwards resets the connection. {@link #JDK} takes such clients, and with
     * TLS 1.3 lets them read on.
     */
    OPENSSL;

    /**
     * {@return it; null for the fastest that can use the proxy's key}
     *
     * @throws io.smokescreen.api.ConfigurationException if it does not load
     */
    @Nullable
    SslProvider implementation() {
        return this == AUTO ? null : implementationForAnyKey();
    }

    /**
     * {@return it, where no key of the proxy's matters}
     *
     * @throws io.smokescreen.api.ConfigurationException if it does not load
     */
    SslProvider implementationForAnyKey() {
        return switch (this) {
            case AUTO -> TlsProviders.best();
            case JDK -> SslProvider.JDK;
            case OPENSSL -> TlsProviders.requireNative();
        };
    }
}
