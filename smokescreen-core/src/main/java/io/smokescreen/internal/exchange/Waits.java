package io.smokescreen.internal.exchange;

import io.smokescreen.internal.relay.ForwardLimits;
import java.time.Duration;

/**
 * How long the relay stage waits for what.
 *
 * @param connect until a connection is there, or a certificate for the host to look into
 * @param readRequest from the beginning of a plain HTTP request until all of it is here
 * @param writeResponse from its head until its response is out
 * @param stall how long a forwarded HTTP message may stand still
 * @param tunnelIdle how long a tunnel may carry nothing
 */
public record Waits(
        Duration connect, Duration readRequest, Duration writeResponse, Duration stall, Duration tunnelIdle) {

    /** {@return how long a client may take to read an answer of the proxy's own} */
    Duration flush() {
        return stall.compareTo(writeResponse) < 0 ? stall : writeResponse;
    }

    /**
     * {@return the limits on one request, which stay those that they are when it is sent once more}
     *
     * @param began when its first byte was there, as {@link System#nanoTime()}
     * @param headComplete when its head was complete
     */
    ForwardLimits forwarding(long began, long headComplete) {
        return new ForwardLimits(began + readRequest.toNanos(), headComplete + writeResponse.toNanos(), stall);
    }
}
