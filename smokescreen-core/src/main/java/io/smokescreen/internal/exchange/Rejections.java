package io.smokescreen.internal.exchange;

import io.smokescreen.api.Host;
import io.smokescreen.api.NextHop;
import io.smokescreen.internal.address.VettingResult;
import io.smokescreen.internal.exchange.Rejection.Kind;
import io.smokescreen.internal.limit.Admission;
import io.smokescreen.internal.relay.ForwardOutcome;
import io.smokescreen.internal.request.Malformed;
import io.smokescreen.internal.request.Request;
import io.smokescreen.internal.upstream.DialResult;
import java.util.Optional;

/** What the stages find, in the words of a refusal. */
final class Rejections {

    private static final String TIMED_OUT = "Timed out connecting to remote host: ";

    private Rejections() {}

    static Rejection of(Admission.Refused refused) {
        return switch (refused) {
            case RATE -> Rejection.failed(Kind.RATE_LIMITED, "Proxy rate limit exceeded. Please retry later.");
            case CONCURRENCY -> overloaded();
        };
    }

    static Rejection overloaded() {
        return Rejection.failed(Kind.OVERLOADED, "Proxy overloaded. Please retry later.");
    }

    static Rejection of(Malformed malformed) {
        return Rejection.failed(Kind.MALFORMED_REQUEST, malformed.reason().text());
    }

    static Rejection brokenBody() {
        return Rejection.failed(Kind.MALFORMED_REQUEST, "the request's body was cut off or is malformed");
    }

    static Rejection notAProxyRequest() {
        return Rejection.failed(
                Kind.NOT_A_PROXY_REQUEST,
                "This is an HTTP proxy: expected CONNECT host:port or an absolute http:// or https:// URL");
    }

    static Rejection nextHopInvalid(Request request) {
        return Rejection.denied(Kind.NEXT_HOP_INVALID, request.authority(), "the next hop asked for is not a URL");
    }

    /** A tunnel that is to be looked into, and cannot be, must not go through unseen. */
    static Rejection mitmFailed(Request request, String reason) {
        return Rejection.denied(Kind.MITM_UNAVAILABLE, request.authority(), reason);
    }

    static Rejection selectorFailed(Request request) {
        return Rejection.denied(Kind.POLICY_FAILED, request.authority(), "the choice of a next hop failed");
    }

    /** {@return the refusal of a destination with this result, if it is one} */
    static Optional<Rejection> of(Request request, VettingResult result) {
        if (result instanceof VettingResult.Denied denied) {
            return Optional.of(Rejection.denied(Kind.ADDRESS_DENIED, request.authority(), denied.reason()));
        }
        if (result instanceof VettingResult.ResolutionFailed failed) {
            return Optional.of(
                    failed.timedOut()
                            ? Rejection.failed(Kind.DNS_TIMEOUT, TIMED_OUT + failed.message())
                            : Rejection.failed(
                                    Kind.DNS_FAILED, "Failed to resolve remote hostname: " + failed.message()));
        }
        return Optional.empty();
    }

    /** {@return the refusal of a request whose next hop has this result, if it is one} */
    static Optional<Rejection> ofNextHop(Request request, NextHop hop, VettingResult result) {
        if (result instanceof VettingResult.Denied denied) {
            String reason = "the next hop " + hop + " must not be connected to, its address "
                    + Host.of(denied.address()) + " is denied by rule '"
                    + denied.verdict().label() + "'";
            return Optional.of(Rejection.denied(Kind.ADDRESS_DENIED, request.authority(), reason));
        }
        if (result instanceof VettingResult.ResolutionFailed failed) {
            String of = " next hop " + hop + ": " + failed.message();
            return Optional.of(
                    failed.timedOut()
                            ? Rejection.failed(Kind.DNS_TIMEOUT, "Timed out resolving the hostname of" + of)
                            : Rejection.failed(Kind.DNS_FAILED, "Failed to resolve the hostname of" + of));
        }
        return Optional.empty();
    }

    static Rejection tooManyTunnels() {
        return Rejection.failed(Kind.TUNNEL_LIMIT, "maximum concurrent connect tunnels exceeded");
    }

    static Rejection of(DialResult.Failed failed) {
        String message = "Failed to connect to remote host: " + failed.message();
        return switch (failed.kind()) {
            case TIMEOUT -> Rejection.failed(Kind.CONNECT_TIMEOUT, TIMED_OUT + failed.message());
            case TLS_FAILED -> Rejection.failed(Kind.UPSTREAM_TLS_FAILED, message);
            case HOP_REFUSED, HOP_FAILED -> Rejection.failed(Kind.NEXT_HOP_FAILED, message);
            case REFUSED, RESET, ABORTED, UNREACHABLE, OTHER -> Rejection.failed(Kind.CONNECT_FAILED, message);
        };
    }

    /** No response that can be passed on. */
    static Rejection ofForward(ForwardOutcome.Failure failure, String message) {
        return switch (failure) {
            case REQUEST_STALLED ->
                Rejection.failed(Kind.REQUEST_TIMEOUT, "Timed out waiting for the client: " + message);
            case ORIGIN_STALLED ->
                Rejection.failed(Kind.UPSTREAM_TIMEOUT, "Timed out waiting for the remote host: " + message);
            case NEXT_HOP_REFUSED ->
                Rejection.failed(Kind.NEXT_HOP_FAILED, "Failed to connect to remote host: " + message);
            case NOTHING_RECEIVED, INVALID_RESPONSE ->
                Rejection.failed(Kind.UPSTREAM_INVALID_RESPONSE, "Invalid response from the remote host: " + message);
            case UNDECORATED -> internalError();
        };
    }

    static Rejection internalError() {
        return Rejection.failed(Kind.INTERNAL_ERROR, "Internal failure of the proxy");
    }
}
