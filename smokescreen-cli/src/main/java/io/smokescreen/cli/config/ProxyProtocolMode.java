package io.smokescreen.cli.config;

/** What is made of PROXY protocol headers. */
public enum ProxyProtocolMode {
    /** Nothing: a connection that begins with one is refused like any other garbage. */
    OFF,
    /** A connection may begin with one. */
    OPTIONAL,
    /** A connection that does not begin with one is closed. */
    REQUIRED
}
