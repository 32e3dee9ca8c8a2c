package io.smokescreen.internal.request;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.smokescreen.api.NextHop;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Builds what goes out from the parts of what came in: never copied text, always with framing of our own, and without
 * what concerns only the two ends of one connection. No Via and no Forwarded are added: origins learn nothing of the proxy.
 */
public final class OutgoingMessages {

    private OutgoingMessages() {}

    /**
     * {@return the head for the origin}
     *
     * @param request what the client sent
     * @param keepAlive whether the origin should keep the connection; does not matter for a WebSocket
     */
    public static HttpRequest toOrigin(Request request, boolean keepAlive) {
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        headers.set(HttpHeaderNames.HOST, request.hostField());
        Predicate<String> notForwarded = FieldNames.notForwarded(request.headers())
                .or("host"::equalsIgnoreCase)
                .or(name -> name.equalsIgnoreCase("expect") && !request.expectContinue());
        copy(request.headers(), headers, notForwarded);
        headers.setAll(request.added());
        frame(headers, request.framing());
        if (request.webSocketUpgrade()) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
            headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
        } else if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), request.pathAndQuery(), headers);
    }

    /**
     * {@return the head for a next hop, with an absolute URI (RFC 9112 §3.2.2)}
     *
     * @param request what the client sent
     * @param nextHop the proxy, whose credentials go along
     * @param keepAlive as for {@link #toOrigin}
     */
    public static HttpRequest toNextHop(Request request, NextHop nextHop, boolean keepAlive) {
        HttpRequest head = toOrigin(request, keepAlive).setUri(request.url());
        nextHop.proxyAuthorization()
                .ifPresent(credentials -> head.headers().set(HttpHeaderNames.PROXY_AUTHORIZATION, credentials));
        return head;
    }

    /**
     * {@return the head of a final response for the client; it says {@code Connection: close} exactly if the caller must close
     * after it}
     *
     * <p>A body without a length is chunked for an HTTP/1.1 client, so that a cut shows; an HTTP/1.0 client reads it until
     * we close.
     *
     * @param response what the origin sent
     * @param framing how its body ends ({@link ResponseDecoder#framing()})
     * @param request what the client sent
     * @param keepAlive whether to keep the client's connection if the framing allows
     */
    public static HttpResponse toClient(HttpResponse response, Framing framing, Request request, boolean keepAlive) {
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        copy(response.headers(), headers, FieldNames.notForwarded(response.headers()));
        boolean http10 = request.version().equals(HttpVersion.HTTP_1_0);
        boolean counted = framing.kind() == Framing.Kind.NONE || framing.kind() == Framing.Kind.LENGTH;
        if (framing.kind() == Framing.Kind.NONE) {
            keepDescribedLength(response, headers);
        } else if (counted) {
            frame(headers, framing);
        } else if (!http10) {
            frame(headers, Framing.CHUNKED);
        }
        if (http10 || !keepAlive || !request.keepAlive()) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        return new DefaultHttpResponse(request.version(), response.status(), headers);
    }

    /**
     * {@return an interim response (1xx) for the client, complete, so that another response may follow; a 101 keeps what says
     *     to which protocol}
     *
     * @param response what the origin sent
     */
    public static FullHttpResponse interimToClient(HttpResponse response) {
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        copy(response.headers(), headers, FieldNames.notForwarded(response.headers()));
        if (response.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
            headers.set(HttpHeaderNames.UPGRADE, response.headers().getAll(HttpHeaderNames.UPGRADE));
        }
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, response.status(), Unpooled.EMPTY_BUFFER, headers, EmptyHttpHeaders.INSTANCE);
    }

    /**
     * {@return a piece of a request's body with the trailer fields that the origin may have}
     *
     * @param content a piece that came in, changed in place
     * @param request what the client sent before it
     */
    public static HttpContent toOrigin(HttpContent content, Request request) {
        return withoutTrailers(content, name -> FieldNames.isForbiddenInTrailers(name) || request.isWithheld(name));
    }

    /**
     * {@return a piece of a response's body with the trailer fields that the client may have}
     *
     * @param content a piece that came in, changed in place
     */
    public static HttpContent toClient(HttpContent content) {
        return withoutTrailers(content, FieldNames::isForbiddenInTrailers);
    }

    private static HttpContent withoutTrailers(HttpContent content, Predicate<String> except) {
        if (content instanceof LastHttpContent last && !last.trailingHeaders().isEmpty()) {
            HttpHeaders kept = DefaultHttpHeadersFactory.trailersFactory().newHeaders();
            copy(last.trailingHeaders(), kept, except);
            last.trailingHeaders().clear().add(kept);
        }
        return content;
    }

    /** RFC 9110 §8.6: answers to HEAD and 304 may say how long the body would be, other answers without a body not. */
    private static void keepDescribedLength(HttpResponse response, HttpHeaders to) {
        int status = response.status().code();
        boolean describes = response.status().codeClass() != HttpStatusClass.INFORMATIONAL
                && status != HttpResponseStatus.NO_CONTENT.code();
        String length = response.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        if (describes && length != null && length.chars().allMatch(Octets::isDigit)) {
            to.set(HttpHeaderNames.CONTENT_LENGTH, length);
        }
    }

    private static void frame(HttpHeaders headers, Framing framing) {
        switch (framing.kind()) {
            case LENGTH -> headers.set(HttpHeaderNames.CONTENT_LENGTH, framing.length());
            case CHUNKED -> headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            case NONE, UNTIL_CLOSE -> {}
        }
    }

    private static void copy(HttpHeaders from, HttpHeaders to, Predicate<String> except) {
        for (Map.Entry<String, String> field : from) {
            if (!except.test(field.getKey())) {
                to.add(field.getKey(), field.getValue());
            }
        }
    }
}
