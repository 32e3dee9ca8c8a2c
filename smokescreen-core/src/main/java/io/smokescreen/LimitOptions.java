package io.smokescreen;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How much a proxy does and keeps at once, and how often. A request or tunnel that goes beyond is refused at once, never
 * queued, with {@code Retry-After}; {@code GET /healthcheck} is answered always. A connection that goes beyond is closed
 * instead of kept.
 *
 * <p>A request counts from its head until it is answered, a CONNECT until its tunnel is open; a tunnel counts from before its
 * connection is attempted until it has ended.
 *
 * <pre>{@code
 * LimitOptions.defaults().withMaxRequestRate(500).withMaxConcurrentTunnels(20_000)
 * }</pre>
 *
 * <p>Thread safety: immutable.
 *
 * @param maxConcurrentRequests how many requests may be in work, 1 or more; empty: any number. The next one is answered with
 *     503, code {@code overloaded}
 * @param maxRequestRate how many requests a second may come in the long run, {@value #MIN_REQUEST_RATE} to
 *     {@value #MAX_REQUEST_RATE}, in steps of a millionth; empty: any number. One more is answered with 429, code
 *     {@code rate-limited}
 * @param maxRequestBurst how many requests may come at once after a pause, more than a second's worth; empty: two seconds'
 *     worth, at least 1
 * @param maxConcurrentTunnels how many tunnels asked for by CONNECT may be open, 1 or more; empty: any number. The next one
 *     is answered with 429, code {@code tunnel-limit}
 * @param maxIdleConnections how many connections to origins of plain HTTP may wait for their next request, 0 or more; 0: none
 *     is kept
 * @param maxIdleConnectionsPerHost how many of them to one host and port, 0 or more
 * @see SmokescreenBuilder#limits
 */
public record LimitOptions(
        OptionalInt maxConcurrentRequests,
        OptionalDouble maxRequestRate,
        OptionalInt maxRequestBurst,
        OptionalInt maxConcurrentTunnels,
        int maxIdleConnections,
        int maxIdleConnectionsPerHost) {

    /** Default of {@link #maxIdleConnections}: {@value}. */
    public static final int DEFAULT_MAX_IDLE_CONNECTIONS = 1_024;

    /** Default of {@link #maxIdleConnectionsPerHost}: {@value}. */
    public static final int DEFAULT_MAX_IDLE_CONNECTIONS_PER_HOST = 64;

    /** The lowest {@link #maxRequestRate}, in requests a second: {@value}. */
    public static final double MIN_REQUEST_RATE = 0.001;

    /** The highest {@link #maxRequestRate}, in requests a second: {@value}. */
    public static final double MAX_REQUEST_RATE = 1_000_000;

    private static final LimitOptions DEFAULTS = new LimitOptions(
            OptionalInt.empty(),
            OptionalDouble.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            DEFAULT_MAX_IDLE_CONNECTIONS,
            DEFAULT_MAX_IDLE_CONNECTIONS_PER_HOST);

    /**
     * Checks the ranges, and how they go together.
     *
     * @throws IllegalArgumentException if a limit is out of its range, there is a burst without a rate, or the burst is not
     *     more than a second's worth of the rate
     */
    public LimitOptions {
        atLeastOne(maxConcurrentRequests, "maxConcurrentRequests");
        atLeastOne(maxRequestBurst, "maxRequestBurst");
        atLeastOne(maxConcurrentTunnels, "maxConcurrentTunnels");
        notNegative(maxIdleConnections, "maxIdleConnections");
        notNegative(maxIdleConnectionsPerHost, "maxIdleConnectionsPerHost");
        if (maxRequestRate.isPresent()) {
            rateInRange(maxRequestRate.getAsDouble());
        }
        if (maxRequestBurst.isPresent()) {
            moreThanASecondsWorth(maxRequestBurst.getAsInt(), maxRequestRate);
        }
    }

    /** {@return no limit on requests and tunnels, and the default ones on what is kept} */
    public static LimitOptions defaults() {
        return DEFAULTS;
    }

    /**
     * {@return these with another {@link #maxConcurrentRequests}}
     *
     * @param value 1 or more
     */
    public LimitOptions withMaxConcurrentRequests(int value) {
        return new LimitOptions(
                OptionalInt.of(value),
                maxRequestRate,
                maxRequestBurst,
                maxConcurrentTunnels,
                maxIdleConnections,
                maxIdleConnectionsPerHost);
    }

    /**
     * {@return these with another {@link #maxRequestRate}, and a burst of two seconds' worth}
     *
     * @param perSecond requests a second
     */
    public LimitOptions withMaxRequestRate(double perSecond) {
        return new LimitOptions(
                maxConcurrentRequests,
                OptionalDouble.of(perSecond),
                OptionalInt.empty(),
                maxConcurrentTunnels,
                maxIdleConnections,
                maxIdleConnectionsPerHost);
    }

    /**
     * {@return these with another {@link #maxRequestRate} and {@link #maxRequestBurst}}
     *
     * @param perSecond requests a second
     * @param burst requests at once, more than {@code perSecond}
     */
    public LimitOptions withMaxRequestRate(double perSecond, int burst) {
        return new LimitOptions(
                maxConcurrentRequests,
                OptionalDouble.of(perSecond),
                OptionalInt.of(burst),
                maxConcurrentTunnels,
                maxIdleConnections,
                maxIdleConnectionsPerHost);
    }

    /**
     * {@return these with another {@link #maxConcurrentTunnels}}
     *
     * @param value 1 or more
     */
    public LimitOptions withMaxConcurrentTunnels(int value) {
        return new LimitOptions(
                maxConcurrentRequests,
                maxRequestRate,
                maxRequestBurst,
                OptionalInt.of(value),
                maxIdleConnections,
                maxIdleConnectionsPerHost);
    }

    /**
     * {@return these with another {@link #maxIdleConnections}}
     *
     * @param value 0 or more
     */
    public LimitOptions withMaxIdleConnections(int value) {
        return new LimitOptions(
                maxConcurrentRequests,
                maxRequestRate,
                maxRequestBurst,
                maxConcurrentTunnels,
                value,
                maxIdleConnectionsPerHost);
    }

    /**
     * {@return these with another {@link #maxIdleConnectionsPerHost}}
     *
     * @param value 0 or more
     */
    public LimitOptions withMaxIdleConnectionsPerHost(int value) {
        return new LimitOptions(
                maxConcurrentRequests,
                maxRequestRate,
                maxRequestBurst,
                maxConcurrentTunnels,
                maxIdleConnections,
                value);
    }

    /** The burst that counts where there is a rate; as Go's {@code SetRateLimits}, but never nothing. */
    int effectiveBurst() {
        return maxRequestBurst.orElseGet(() -> Math.max(1, (int) (2 * maxRequestRate.orElseThrow())));
    }

    private static void atLeastOne(OptionalInt limit, String name) {
        if (limit.isPresent() && limit.getAsInt() < 1) {
            throw new IllegalArgumentException(
                    name + " is " + limit.getAsInt() + " (expected 1 or more, or no limit at all)");
        }
    }

    private static void notNegative(int limit, String name) {
        if (limit < 0) {
            throw new IllegalArgumentException(name + " is " + limit + " (expected 0 or more)");
        }
    }

    private static void rateInRange(double rate) {
        boolean inRange = rate >= MIN_REQUEST_RATE && rate <= MAX_REQUEST_RATE; // not so for NaN
        if (!inRange) {
            throw new IllegalArgumentException("maxRequestRate is " + rate + " (expected " + MIN_REQUEST_RATE + " to "
                    + (int) MAX_REQUEST_RATE + " requests a second, or no limit at all)");
        }
    }

    private static void moreThanASecondsWorth(int burst, OptionalDouble rate) {
        if (rate.isEmpty()) {
            throw new IllegalArgumentException(
                    "maxRequestBurst is " + burst + " without a maxRequestRate (expected both, or the rate alone)");
        }
        if (burst <= rate.getAsDouble()) {
            throw new IllegalArgumentException("maxRequestBurst is " + burst
                    + " (expected more than the maxRequestRate " + rate.getAsDouble() + ")");
        }
    }
}
