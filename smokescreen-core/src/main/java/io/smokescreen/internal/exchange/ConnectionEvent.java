package io.smokescreen.internal.exchange;

/** What a client's connection tells its handlers, as user events through the pipeline. */
public enum ConnectionEvent {
    /** The head of a request is complete. */
    REQUEST_BEGAN,
    /** The connection waits for its next request, or before it for the rest of one that was refused. */
    AWAITING_REQUEST,
    /** The connection is looked into from here on: its client begins anew, with TLS. */
    INTERCEPTION_BEGAN,
    /** Bytes now flow unread: no more requests will come. */
    TUNNEL_BEGAN,
    /** The proxy is about to end: one more request is answered if it comes soon. */
    DRAIN
}
