package io.smokescreen;

/** A version of TLS that the proxy speaks; older ones it never does. */
public enum TlsVersion {
    /** RFC 5246. */
    TLS_1_2,
    /** RFC 8446. */
    TLS_1_3
}
