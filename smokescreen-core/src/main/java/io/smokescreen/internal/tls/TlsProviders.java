package io.smokescreen.internal.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslX509KeyManagerFactory;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import io.smokescreen.api.ConfigurationException;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;

/** The implementations of TLS: BoringSSL where its native part loads, else the JDK's. */
public final class TlsProviders {

    private static final Cleaner CLEANER = Cleaner.create();

    private static final char[] NO_PASSWORD = {};

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

    /** {@return BoringSSL where it loads, else the JDK's} */
    public static SslProvider best() {
        return isNativeAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
    }

    /** {@return BoringSSL where it loads and can use the key, else the JDK's} */
    static SslProvider best(ServerIdentity identity) {
        return isUsableByNative(identity.key()) ? best() : SslProvider.JDK;
    }

    /**
     * Checks that the provider can use the key.
     *
     * @throws ConfigurationException if it cannot
     */
    static void check(SslProvider provider, ServerIdentity identity) {
        if (isNative(provider) && !isUsableByNative(identity.key())) {
            throw new ConfigurationException("the TLS provider BoringSSL cannot use the proxy's private key, one for "
                    + identity.key().getAlgorithm() + " (expected RSA or EC, and not in a hardware module; the JDK's"
                    + " provider takes others too)");
        }
    }

    static boolean isNative(SslProvider provider) {
        return provider != SslProvider.JDK;
    }

    static boolean isNative(SslContext context) {
        return context instanceof ReferenceCounted;
    }

    /**
     * Frees what BoringSSL holds, once neither the proxy nor a connection uses the owner any more; only connections know when that
     * is.
     */
    static void freeWith(Object owner, SslContext context) {
        if (isNative(context)) {
            CLEANER.register(owner, () -> ReferenceCountUtil.release(context));
        }
    }

    /**
     * {@return a builder with the key}
     *
     * @throws SSLException if the key cannot be used
     */
    static SslContextBuilder builder(SslProvider provider, ServerIdentity identity) throws SSLException {
        if (isNative(provider)) {
            return SslContextBuilder.forServer(nativeKeys(identity)).sslProvider(provider);
        }
        return SslContextBuilder.forServer(identity.key(), identity.chain().toArray(X509Certificate[]::new))
                .sslProvider(provider);
    }

    /** Netty asks for keys by the names RSA and EC only, and hands their encoding to BoringSSL. */
    private static boolean isUsableByNative(PrivateKey key) {
        return (key.getAlgorithm().equals("RSA") || key.getAlgorithm().equals("EC")) && key.getEncoded() != null;
    }

    /** The key is handed to BoringSSL once; from a plain key manager Netty would encode it anew for each handshake. */
    private static KeyManagerFactory nativeKeys(ServerIdentity identity) throws SSLException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NO_PASSWORD);
            store.setKeyEntry(
                    "proxy", identity.key(), NO_PASSWORD, identity.chain().toArray(Certificate[]::new));
            KeyManagerFactory factory = new OpenSslX509KeyManagerFactory();
            factory.init(store, NO_PASSWORD);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new SSLException("the private key cannot be used", e);
        }
    }
}
