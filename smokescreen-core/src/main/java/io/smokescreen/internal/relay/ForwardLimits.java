package io.smokescreen.internal.relay;

import java.time.Duration;

/**
 * How long a forwarded exchange may take.
 *
 * @param requestBy when the request has to be complete, as {@link System#nanoTime()}
 * @param responseBy when the response has to be written, as {@link System#nanoTime()}
 * @param stall how long nothing may move
 */
public record ForwardLimits(long requestBy, long responseBy, Duration stall) {}
