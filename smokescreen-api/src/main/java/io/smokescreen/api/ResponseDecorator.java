package io.smokescreen.api;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * Adds header fields to what a client receives: to responses of requests that were accepted, or to the proxy's own refusals.
 *
 * <p><b>When:</b> once per request, when the head of its response is about to be written: the 200 of a CONNECT, the final response
 * of a plain HTTP or inner MITM request (or the 101 that switches its protocol), or a refusal of a well-formed request. Go counterparts: {@code
 * Config.AcceptResponseHandler}, {@code Config.RejectResponseHandlerWithCtx}.
 *
 * <p><b>Thread:</b> must be thread-safe and return immediately (no remote calls); it is called on an event loop.
 *
 * <p><b>Failures:</b> what follows is logged, the first of each kind with its stack: a throw, a {@code null}, a name or value
 * that HTTP does not have (values are visible ASCII, with blanks and tabs inside only), or a field that the proxy sets itself: {@code
 * Content-Length}, {@code Transfer-Encoding}, {@code Trailer}, {@code TE}, {@code Connection}, {@code Keep-Alive}, {@code
 * Upgrade}, {@code HTTP2-Settings}, {@code Host}, {@code Proxy}, {@code X-Upstream-Https-Proxy}, and all whose names begin with
 * {@code Proxy-} or {@code X-Smokescreen-}, also with {@code _} for {@code -}. An accepted request is then refused with
 * 500 and the code {@code internal-error}, and its connection to the destination is closed; a refusal goes out without any of
 * the fields.
 *
 * <p><b>Who sees it:</b> the client.
 *
 * <pre>{@code
 * ResponseDecorator whom = (request, response) -> Map.of("X-Contact", "egress-team@example.com");
 * }</pre>
 */
@FunctionalInterface
public interface ResponseDecorator {

    /**
     * {@return header fields by name, which replace those that are there}
     *
     * @param request the request that is answered
     * @param response what it is answered with
     * @throws Exception for whatever reason
     */
    Map<String, String> headers(RequestContext request, Response response) throws Exception;

    /** {@return a decorator that adds nothing: the default} */
    static ResponseDecorator none() {
        return (request, response) -> Map.of();
    }

    /**
     * What a client is about to receive.
     *
     * @param status the HTTP status
     * @param errorCode the {@code X-Smokescreen-Error-Code} of a refusal; empty text where the request was accepted
     * @param message the message of a refusal; empty text where the request was accepted
     */
    record Response(int status, String errorCode, String message) {

        /** Checks that nothing is null. */
        public Response {
            requireNonNull(errorCode, "errorCode");
            requireNonNull(message, "message");
        }
    }
}
