package io.smokescreen;

import java.time.Duration;

/**
 * How long the proxy waits for what. Every wait has an end; a wait that may last is given a long time.
 *
 * <p>Thread safety: immutable.
 *
 * @param readHeader from the acceptance of a connection, or the first byte of a further request on it, until the head of
 *     the request is complete; a TLS handshake counts in. It begins anew with a tunnel that is looked into, for the handshake and
 *     the first request inside. Then the connection is closed.
 * @param readRequest from the same moment until the whole plain HTTP request is there, head and body; {@code readHeader}
 *     counts for the head where it is shorter. Then the answer is 408; what has begun already is cut.
 * @param writeResponse from the head of a plain HTTP request until its response is written completely. Then the answer is
 *     504; what has begun already is cut, however well it moves: raise it for downloads that take longer.
 * @param keepAlive how long a client's connection may wait for its next request. Then it is closed.
 * @param policy how long a role extractor, ACL policy, request gate, next hop selector or address filter may take on the policy
 *     executor. Then the request is denied. Without a policy executor they run at once.
 * @param connect establishing a connection: all addresses together, then what the proxy itself does on it, TLS with the next hop,
 *     CONNECT, TLS with the destination. Then the answer is 504. A certificate for a host to look into is waited for no longer
 *     either; then it is 407.
 * @param response how long a plain HTTP exchange may stand still, from the end of the request to the head of its response and
 *     within both bodies; {@code idle} counts instead where that is shorter. Then the answer is 504, or 408 where the client
 *     is the one that stopped; what has begun already is cut.
 * @param idle how long a tunnel may carry nothing in either direction. Then it is closed.
 */
public record TimeoutOptions(
        Duration readHeader,
        Duration readRequest,
        Duration writeResponse,
        Duration keepAlive,
        Duration policy,
        Duration connect,
        Duration response,
        Duration idle) {

    /** Default of {@link #readHeader}, in seconds: {@value}. */
    public static final int DEFAULT_READ_HEADER_SECONDS = 10;

    /** Default of {@link #readRequest}, in seconds: {@value}. */
    public static final int DEFAULT_READ_REQUEST_SECONDS = 300;

    /** Default of {@link #writeResponse}, in seconds: {@value}. */
    public static final int DEFAULT_WRITE_RESPONSE_SECONDS = 300;

    /** Default of {@link #keepAlive}, in seconds: {@value}. */
    public static final int DEFAULT_KEEP_ALIVE_SECONDS = 60;

    /** Default of {@link #policy}, in seconds: {@value}. */
    public static final int DEFAULT_POLICY_SECONDS = 5;

    /** Default of {@link #connect}, in seconds: {@value}. */
    public static final int DEFAULT_CONNECT_SECONDS = 10;

    /** Default of {@link #response}, in seconds: {@value}. */
    public static final int DEFAULT_RESPONSE_SECONDS = 300;

    /** Default of {@link #idle}, in hours: {@value}. */
    public static final int DEFAULT_IDLE_HOURS = 24;

    private static final TimeoutOptions DEFAULTS = new TimeoutOptions(
            Duration.ofSeconds(DEFAULT_READ_HEADER_SECONDS),
            Duration.ofSeconds(DEFAULT_READ_REQUEST_SECONDS),
            Duration.ofSeconds(DEFAULT_WRITE_RESPONSE_SECONDS),
            Duration.ofSeconds(DEFAULT_KEEP_ALIVE_SECONDS),
            Duration.ofSeconds(DEFAULT_POLICY_SECONDS),
            Duration.ofSeconds(DEFAULT_CONNECT_SECONDS),
            Duration.ofSeconds(DEFAULT_RESPONSE_SECONDS),
            Duration.ofHours(DEFAULT_IDLE_HOURS));

    /**
     * Checks the range of each.
     *
     * @throws IllegalArgumentException if one is under a millisecond or over a hundred years
     */
    public TimeoutOptions {
        Preconditions.positive(readHeader, "readHeader");
        Preconditions.positive(readRequest, "readRequest");
        Preconditions.positive(writeResponse, "writeResponse");
        Preconditions.positive(keepAlive, "keepAlive");
        Preconditions.positive(policy, "policy");
        Preconditions.positive(connect, "connect");
        Preconditions.positive(response, "response");
        Preconditions.positive(idle, "idle");
    }

    /** {@return all the defaults} */
    public static TimeoutOptions defaults() {
        return DEFAULTS;
    }

    /**
     * {@return these with another {@link #readHeader}}
     *
     * @param value at least a millisecond
     */
    public TimeoutOptions withReadHeader(Duration value) {
        return new TimeoutOptions(value, readRequest, writeResponse, keepAlive, policy, connect, response, idle);
    }

    /**
     * {@return these with another {@link #readRequest}}
     *
     * @param value at least a millisecond
     */
    public TimeoutOptions withReadRequest(Duration value) {
        return new TimeoutOptions(readHeader, value, writeResponse, keepAlive, policy, connect, response, idle);
    }

    /**
     * {@return these with another {@link #writeResponse}}
     *
     * @param value at least a millisecond
     */
    public TimeoutOptions withWriteResponse(Duration value) {
        return new TimeoutOptions(readHeader, readRequest, value, keepAlive, policy, connect, response, idle);
    }

    /**
     * {@return these with another {@link #keepAlive}}
     *
     * @param value at least a millisecond
     */
    public TimeoutOptions withKeepAlive(Duration value) {
        return new TimeoutOptions(readHeader, readRequest, writeResponse, value, policy, connect, response, idle);
    }

    /**
     * {@return these with another {@link #policy}}
     *
     * @param value at least a millisecond
     */
    public TimeoutOptions withPolicy(Duration value) {
        return new TimeoutOptions(readHeader, readRequest, writeResponse, keepAlive, value, connect, response, idle);
    }

    /**
     * {@return these with another {@link #connect}}
     *
     * @param value at least a millisecond
     */
    public TimeoutOptions withConnect(Duration value) {
        return new TimeoutOptions(readHeader, readRequest, writeResponse, keepAlive, policy, value, response, idle);
    }

    /**
     * {@return these with another {@link #response}}
     *
     * @param value at least a millisecond
     */
    public TimeoutOptions withResponse(Duration value) {
        return new TimeoutOptions(readHeader, readRequest, writeResponse, keepAlive, policy, connect, value, idle);
    }

    /**
     * {@return these with another {@link #idle}}
     *
     * @param value at least a millisecond
     */
    public TimeoutOptions withIdle(Duration value) {
        return new TimeoutOptions(readHeader, readRequest, writeResponse, keepAlive, policy, connect, response, value);
    }
}
