package io.smokescreen.api;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * What an {@link EgressListener} is told. Reasons and errors are cleaned as in log lines: one line each, of limited length.
 *
 * <p>Thread safety: immutable.
 */
public sealed interface EgressEvent {

    /** {@return the request's name in log lines} */
    String id();

    /**
     * A request was decided: allowed, and connected unless it asked for a tunnel that the proxy looks into (MITM), where the
     * requests inside connect; or refused.
     *
     * @param id the request's name in log lines
     * @param context what is known of the request, with header fields as the client sent them, not cleaned; empty where its head
     *     was malformed
     * @param allowed whether policy allowed it; a request that was allowed can have failed all the same
     * @param reason why it was allowed or denied
     * @param errorCode the {@code X-Smokescreen-Error-Code} that it was refused with, for programs to branch on; empty text: it
     *     was not refused
     * @param error what went wrong on the way; empty text: nothing
     * @param remote the address connected to, if it came to that: the destination's, or that of the next hop
     */
    record Decided(
            String id,
            Optional<RequestContext> context,
            boolean allowed,
            String reason,
            String errorCode,
            String error,
            Optional<InetSocketAddress> remote)
            implements EgressEvent {

        /** Checks that nothing is null. */
        public Decided {
            requireNonNull(id, "id");
            requireNonNull(context, "context");
            requireNonNull(reason, "reason");
            requireNonNull(errorCode, "errorCode");
            requireNonNull(error, "error");
            requireNonNull(remote, "remote");
        }
    }

    /**
     * A connection to a destination, or to a next hop on the way there, ended.
     *
     * @param id the name of the request that opened it
     * @param remote the address it was connected to: the destination's, or that of the next hop
     * @param bytesIn bytes received from there
     * @param bytesOut bytes sent there
     * @param duration how long it lived
     * @param error why it ended, if it did not end well; empty text otherwise
     */
    record Closed(String id, InetSocketAddress remote, long bytesIn, long bytesOut, Duration duration, String error)
            implements EgressEvent {

        /** Checks that nothing is null. */
        public Closed {
            requireNonNull(id, "id");
            requireNonNull(remote, "remote");
            requireNonNull(duration, "duration");
            requireNonNull(error, "error");
        }
    }
}
