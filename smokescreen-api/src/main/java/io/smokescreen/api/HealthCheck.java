package io.smokescreen.api;

import static java.util.Objects.requireNonNull;

/**
 * Answers {@code GET /healthcheck} on the proxy's own port, by which a load balancer or a supervisor tells whether to send
 * clients here.
 *
 * <p><b>When:</b> for each such request, also while the proxy has more to do than its limits allow, and while it drains. It
 * is no request to a destination: there is no role, no decision and no log line.
 *
 * <p><b>Thread:</b> must be thread-safe and return immediately (no remote calls); it is called on an event loop.
 *
 * <p><b>Failures:</b> a throw or null is answered with 500, so that nobody is sent to a proxy that cannot tell how it is. The
 * first failure of each kind is logged.
 *
 * <p><b>Who sees it:</b> whoever can connect to the proxy, without a client certificate too where none is required.
 *
 * <pre>{@code
 * HealthCheck withDatabase = draining ->
 *         !draining && pool.isHealthy() ? new HealthCheck.Answer(200, "OK") : new HealthCheck.Answer(503, "not ready");
 * }</pre>
 */
@FunctionalInterface
public interface HealthCheck {

    /**
     * Tells how the proxy is.
     *
     * @param draining whether the proxy is about to end and takes no new connections
     * @return the answer
     */
    Answer check(boolean draining);

    /** {@return 200 while serving, 503 while draining: the default} */
    static HealthCheck serving() {
        return draining -> draining ? new Answer(503, "draining") : new Answer(200, "OK");
    }

    /**
     * What the caller reads.
     *
     * @param status the HTTP status, {@value #MIN_STATUS} to {@value #MAX_STATUS}
     * @param body plain text in UTF-8, at most {@value #MAX_BODY_CHARS} characters
     */
    record Answer(int status, String body) {

        /** The lowest status: {@value}. */
        public static final int MIN_STATUS = 200;

        /** The highest status: {@value}. */
        public static final int MAX_STATUS = 599;

        /** The longest body, in characters: {@value}. */
        public static final int MAX_BODY_CHARS = 65_536;

        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if the status is out of range, is one without a body (204, 304), or the body is too
         *     long
         */
        public Answer {
            requireNonNull(body, "body");
            if (status < MIN_STATUS || status > MAX_STATUS || status == 204 || status == 304) {
                throw new IllegalArgumentException("status is " + status + " (expected " + MIN_STATUS + " to "
                        + MAX_STATUS + ", and one that has a body)");
            }
            if (body.length() > MAX_BODY_CHARS) {
                throw new IllegalArgumentException(
                        "body has " + body.length() + " characters (expected at most " + MAX_BODY_CHARS + ")");
            }
        }
    }
}
