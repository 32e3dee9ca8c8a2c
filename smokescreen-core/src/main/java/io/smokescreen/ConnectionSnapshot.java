package io.smokescreen;

import io.smokescreen.internal.track.ExchangeRecord;
import io.smokescreen.internal.track.OpenConnection;
import java.time.Duration;
import java.time.Instant;

/**
 * One open connection to a destination, as it was a moment ago: a tunnel, a plain HTTP request that is being forwarded, or a
 * connection that waits for the next one.
 *
 * <p>A connection that serves several plain HTTP requests after each other tells who asked for the first one; the others had
 * the same role and the same host.
 *
 * <p>Thread safety: immutable.
 *
 * @param id the {@code id} of the exchange in the log lines
 * @param traceId the client's {@code X-Smokescreen-Trace-ID}, cleaned as in log lines; empty: none
 * @param role the client's role; empty: none
 * @param requestedHost the host and port the client asked for
 * @param remoteAddress the address and port it is connected to, as {@code 192.0.2.1:443} or {@code [2001:db8::1]:443}
 * @param created when it was established
 * @param bytesIn received from the destination
 * @param bytesOut sent to the destination
 * @param sinceLastActivity how long ago bytes last moved, in either direction
 * @param proxyType {@code connect} or {@code http}
 * @see Smokescreen#openConnections
 */
public record ConnectionSnapshot(
        String id,
        String traceId,
        String role,
        String requestedHost,
        String remoteAddress,
        Instant created,
        long bytesIn,
        long bytesOut,
        Duration sinceLastActivity,
        String proxyType) {

    static ConnectionSnapshot of(OpenConnection connection) {
        ExchangeRecord.Identity who = connection.record().identity();
        long silentNanos = System.nanoTime() - connection.lastActivityNanos();
        return new ConnectionSnapshot(
                who.id(),
                who.traceId(),
                who.role(),
                who.requestedHost(),
                who.outboundRemoteAddress(),
                connection.opened(),
                connection.bytesIn(),
                connection.bytesOut(),
                Duration.ofNanos(Math.max(0, silentNanos)),
                who.proxyType());
    }
}
