package io.smokescreen.internal.upstream;

import io.netty.channel.Channel;
import io.smokescreen.internal.address.VettedAddress;

/** How an attempt to connect ended. */
public sealed interface DialResult {

    /** {@return how long it took} */
    long nanos();

    /**
     * A channel is connected to one of the vetted addresses, with all that its purpose asks for. It does not read yet.
     *
     * @param channel the channel, on the event loop that was asked for
     * @param address the address it is connected to
     * @param nanos how long it took
     */
    record Connected(Channel channel, VettedAddress address, long nanos) implements DialResult {}

    /**
     * No address could be connected to, or what came after that failed.
     *
     * @param kind what went wrong, with the last address
     * @param message the same in words
     * @param nanos how long it took
     */
    record Failed(FailureKind kind, String message, long nanos) implements DialResult {}

    /**
     * The proxy itself is at fault, or a hook of the application.
     *
     * @param cause what was thrown
     * @param nanos how long it took
     */
    record Faulted(Throwable cause, long nanos) implements DialResult {}

    /** What can go wrong, with the tag that the metric {@code cn.atpt.connect.err} counts it under. */
    enum FailureKind {
        TIMEOUT("timeout", "connection timed out"),
        REFUSED("refused", "connection refused"),
        RESET("reset", "connection reset by peer"),
        ABORTED("aborted", "connection aborted"),
        UNREACHABLE("unknown", "network is unreachable"),
        /** With TLS towards the destination; the message says what. */
        TLS_FAILED("unknown", "TLS failed"),
        /** The next hop does not want to; the message has its status. */
        HOP_REFUSED("unknown", "refused by the next hop"),
        /** The next hop cannot be spoken to. */
        HOP_FAILED("unknown", "next hop failed"),
        OTHER("unknown", "connection failed");

        private final String tag;
        private final String words;

        FailureKind(String tag, String words) {
            this.tag = tag;
            this.words = words;
        }

        public String tag() {
            return tag;
        }

        String words() {
            return words;
        }
    }
}
