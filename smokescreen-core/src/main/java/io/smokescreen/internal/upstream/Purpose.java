package io.smokescreen.internal.upstream;

/** What a connection is opened for, which decides what has to happen on it before it can be handed over. */
public enum Purpose {
    /** Bytes to and from the destination. Through a next hop: after a CONNECT. */
    TUNNEL,
    /** Requests of plain HTTP. Through a next hop: without CONNECT, it takes them with absolute URIs. */
    HTTP,
    /** Requests of HTTP over TLS with the destination, which is verified. Through a next hop: after a CONNECT. */
    HTTPS
}
