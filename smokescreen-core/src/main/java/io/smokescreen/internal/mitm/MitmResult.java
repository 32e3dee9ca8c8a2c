package io.smokescreen.internal.mitm;

/** What came of asking for TLS in the name of a host. */
public sealed interface MitmResult {

    /**
     * There is TLS.
     *
     * @param context makes handlers, as long as the client's channel is open
     */
    record Ready(HostContext context) implements MitmResult {}

    /**
     * There is none.
     *
     * @param reason why, in words
     */
    record Failed(String reason) implements MitmResult {}

    /** There is none now, since too many are waiting; later there may be one. */
    record Overloaded() implements MitmResult {}
}
