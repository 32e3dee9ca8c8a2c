package io.smokescreen;

/** Who implements TLS. */
public enum TlsProvider {
    /** {@link #OPENSSL} where it loads and can use the proxy's key, else {@link #JDK}. The default. */
    AUTO,
    /** The JDK's. Works everywhere. */
    JDK,
    /**
     * BoringSSL, which needs a fraction of the JDK's time for a handshake. It wants {@code netty-tcnative-boringssl-static} for
     * the platform on the class path; the proxy cannot be built where it does not load, or where the proxy's key is neither RSA nor
     * EC. Clients with Ed25519 keys cannot show their certificates, and a client's close_notify ends both directions of a tunnel,
     * as TLS 1.2 has it; {@link #JDK} takes such clients, and with TLS 1.3 lets them read on.
     */
    OPENSSL
}
