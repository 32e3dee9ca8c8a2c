package io.smokescreen;

/** Which address families names are resolved to. */
public enum Network {
    /** IPv4 and IPv6. The default. */
    IP,
    /** IPv4 only. */
    IP4,
    /** IPv6 only. */
    IP6
}
