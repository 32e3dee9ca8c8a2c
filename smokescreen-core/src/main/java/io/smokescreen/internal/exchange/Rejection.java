package io.smokescreen.internal.exchange;

import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * An expected refusal: a value, not an exception.
 *
 * @param kind what happened; tells how it is answered
 * @param reason why, as the log gives it
 * @param message what the client reads
 */
record Rejection(Kind kind, String reason, String message) {

    /** Who is at fault, which decides the level of the log line. */
    enum Fault {
        /** The request is not allowed. Logged as a warning. */
        DENIED,
        /** The proxy has as much to do as it may; the client is told to come back. Logged as a warning. */
        LIMITED,
        /** The proxy or the destination could not do it. Logged as an error. */
        FAILED
    }

    /** The table of refusals: status, reason phrase, {@code X-Smokescreen-Error-Code} and fault of each kind. */
    enum Kind {
        RATE_LIMITED(429, "Too many requests", "rate-limited", Fault.LIMITED),
        OVERLOADED(503, "Service unavailable", "overloaded", Fault.LIMITED),
        MALFORMED_REQUEST(400, "Bad request", "malformed-request", Fault.DENIED),
        NOT_A_PROXY_REQUEST(400, "Bad request", "not-a-proxy-request", Fault.DENIED),
        REQUEST_TIMEOUT(408, "Request timeout", "request-timeout", Fault.FAILED),
        ROLE_MISSING(407, "Request rejected by proxy", "role-missing", Fault.DENIED),
        ROLE_FAILED(407, "Request rejected by proxy", "role-failed", Fault.DENIED),
        ACL_DENIED(407, "Request rejected by proxy", "acl-denied", Fault.DENIED),
        POLICY_FAILED(407, "Request rejected by proxy", "policy-failed", Fault.DENIED),
        GATE_DENIED(407, "Request rejected by proxy", "gate-denied", Fault.DENIED),
        NEXT_HOP_INVALID(407, "Request rejected by proxy", "next-hop-invalid", Fault.DENIED),
        MITM_UNAVAILABLE(407, "Request rejected by proxy", "mitm-unavailable", Fault.DENIED),
        ADDRESS_DENIED(407, "Request rejected by proxy", "address-denied", Fault.DENIED),
        DNS_FAILED(502, "Bad gateway", "dns-failed", Fault.FAILED),
        DNS_TIMEOUT(504, "Gateway timeout", "dns-timeout", Fault.FAILED),
        TUNNEL_LIMIT(429, "Too many requests", "tunnel-limit", Fault.LIMITED),
        CONNECT_FAILED(502, "Bad gateway", "connect-failed", Fault.FAILED),
        CONNECT_TIMEOUT(504, "Gateway timeout", "connect-timeout", Fault.FAILED),
        UPSTREAM_TLS_FAILED(502, "Bad gateway", "upstream-tls-failed", Fault.FAILED),
        NEXT_HOP_FAILED(502, "Bad gateway", "next-hop-failed", Fault.FAILED),
        UPSTREAM_INVALID_RESPONSE(502, "Bad gateway", "upstream-invalid-response", Fault.FAILED),
        UPSTREAM_TIMEOUT(504, "Gateway timeout", "upstream-timeout", Fault.FAILED),
        INTERNAL_ERROR(500, "Internal server error", "internal-error", Fault.FAILED);

        @SuppressWarnings("ImmutableEnumChecker") // it is; its type does not say so
        private final HttpResponseStatus status;

        private final String code;
        private final Fault fault;

        Kind(int status, String phrase, String code, Fault fault) {
            this.status = new HttpResponseStatus(status, phrase);
            this.code = code;
            this.fault = fault;
        }

        HttpResponseStatus status() {
            return status;
        }

        String code() {
            return code;
        }

        Fault fault() {
            return fault;
        }
    }

    /** A denial by policy, in the words of Go's Smokescreen; {@code host} is the host as it was asked for. */
    static Rejection denied(Kind kind, String host, String reason) {
        return new Rejection(kind, reason, "Egress proxying is denied to host '" + host + "': " + reason + ".");
    }

    /** A failure on the way, whose reason is what the client reads too. */
    static Rejection failed(Kind kind, String message) {
        return new Rejection(kind, message, message);
    }
}
