package io.smokescreen.internal.request;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.smokescreen.api.Destination;
import io.smokescreen.api.NextHop;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The only way from a decoded head to a {@link Request}. It reads the target itself, as {@link java.net.URI} takes an
 * authority it cannot parse for a valid one, and repairs nothing.
 */
public final class RequestParser {

    /** The port of an {@code http} URI without one. */
    static final int HTTP_PORT = 80;

    /** The port of an {@code https} URI without one. */
    static final int HTTPS_PORT = 443;

    private static final String HTTP_SCHEME = "http://";
    private static final String HTTPS_SCHEME = "https://";

    private RequestParser() {}

    /**
     * {@return what the head is; never throws for what a client can send}
     *
     * @param head a head from a {@link RequestDecoder}
     */
    public static ParseResult parse(HttpRequest head) {
        try {
            return tryParse(head);
        } catch (MalformedMessageException e) {
            return new Malformed(e.reason());
        }
    }

    /**
     * {@return what a head is that came inside of a tunnel the proxy looks into; never a request to the proxy itself, and never
     * throws for what a client can send}
     *
     * @param head a head from a {@link RequestDecoder}
     * @param tunnel where the tunnel goes to; a {@code Host} of that name without a port means its port
     */
    public static ParseResult parseInner(HttpRequest head, Destination tunnel) {
        try {
            return tryParseInner(head, tunnel);
        } catch (MalformedMessageException e) {
            return new Malformed(e.reason());
        }
    }

    private static ParseResult tryParse(HttpRequest head) throws MalformedMessageException {
        requireDecoded(head);
        requireHost(head);
        Framing framing = Framing.ofRequest(head);
        String uri = head.uri();
        if (head.method().equals(HttpMethod.CONNECT)) {
            requireNoBody(framing);
            return request(head, new Request.Target(Authority.parse(uri), false, uri, ""), framing);
        }
        requireSupported(head.method());
        if (uri.startsWith("/") || uri.equals("*")) {
            return new NotProxyRequest(head.method(), uri);
        }
        return request(head, absoluteForm(head.method(), uri), framing);
    }

    private static ParseResult tryParseInner(HttpRequest head, Destination tunnel) throws MalformedMessageException {
        requireDecoded(head);
        requireHost(head);
        requireSupported(head.method());
        Framing framing = Framing.ofRequest(head);
        String uri = head.uri();
        if (!uri.startsWith("/")) {
            Request.Target target = absoluteForm(head.method(), uri);
            require(target.secure(), Malformation.INSECURE_IN_TUNNEL);
            return request(head, target, framing);
        }
        String host = head.headers().get(HttpHeaderNames.HOST);
        require(host != null, Malformation.BAD_HOST); // in HTTP/1.0 too: nothing else says for whom it is
        Destination named = Authority.parse(host, HTTPS_PORT);
        boolean portLeftOut = !host.endsWith(":" + named.port());
        Destination destination = portLeftOut && named.host().equals(tunnel.host()) ? tunnel : named;
        return request(head, new Request.Target(destination, true, host, uri), framing);
    }

    /** CONNECT in another spelling; and TRACE, whose answer shows the client what was added for others (RFC 9110 §9.3.8). */
    private static void requireSupported(HttpMethod method) throws MalformedMessageException {
        boolean unsupported = method.name().equalsIgnoreCase("CONNECT") || method.equals(HttpMethod.TRACE);
        require(!unsupported, Malformation.UNSUPPORTED_METHOD);
    }

    private static void requireDecoded(HttpRequest head) throws MalformedMessageException {
        if (head.decoderResult().cause() instanceof MalformedMessageException known) {
            throw known;
        }
        require(head.decoderResult().isSuccess(), Malformation.REFUSED_BY_CODEC);
        boolean clean = head.uri().chars().allMatch(c -> Octets.isVisible(c) && c != '#');
        require(clean, Malformation.BAD_TARGET);
    }

    /** RFC 9112 §3.2: needed in 1.1, at most one, and valid, though the target overrides it. */
    private static void requireHost(HttpRequest head) throws MalformedMessageException {
        List<String> hosts = head.headers().getAll(HttpHeaderNames.HOST);
        boolean optional = head.protocolVersion().equals(HttpVersion.HTTP_1_0);
        require(hosts.size() == 1 || (hosts.isEmpty() && optional), Malformation.BAD_HOST);
        try {
            if (!hosts.isEmpty()) {
                Authority.parse(hosts.get(0), HTTP_PORT);
            }
        } catch (MalformedMessageException e) {
            throw new MalformedMessageException(Malformation.BAD_HOST);
        }
    }

    private static void requireNoBody(Framing framing) throws MalformedMessageException {
        require(framing.isEmpty(), Malformation.CONNECT_WITH_BODY);
    }

    private static Request.Target absoluteForm(HttpMethod method, String uri) throws MalformedMessageException {
        boolean secure = hasScheme(uri, HTTPS_SCHEME);
        boolean known = secure || hasScheme(uri, HTTP_SCHEME);
        require(known || !uri.contains("://"), Malformation.UNSUPPORTED_SCHEME);
        require(known, Malformation.BAD_TARGET);
        int start = secure ? HTTPS_SCHEME.length() : HTTP_SCHEME.length();
        int end = start;
        while (end < uri.length() && uri.charAt(end) != '/' && uri.charAt(end) != '?') {
            end++;
        }
        String authority = uri.substring(start, end);
        Destination destination = Authority.parse(authority, secure ? HTTPS_PORT : HTTP_PORT);
        return new Request.Target(destination, secure, authority, pathAndQuery(method, uri.substring(end)));
    }

    private static boolean hasScheme(String uri, String scheme) {
        return uri.regionMatches(true, 0, scheme, 0, scheme.length());
    }

    /** RFC 9112 §3.2.1 and §3.2.4. */
    private static String pathAndQuery(HttpMethod method, String rest) {
        if (rest.isEmpty()) {
            return method.equals(HttpMethod.OPTIONS) ? "*" : "/";
        }
        return rest.startsWith("/") ? rest : "/" + rest;
    }

    private static Request request(HttpRequest head, Request.Target target, Framing framing)
            throws MalformedMessageException {
        HttpHeaders headers = head.headers();
        List<String> nextHops = headers.getAll(FieldNames.NEXT_HOP);
        require(nextHops.size() <= 1, Malformation.REPEATED_CONTROL_FIELD);
        boolean nextHopAsked = !nextHops.isEmpty() && !nextHops.get(0).isEmpty();
        Optional<NextHop> nextHop = nextHopAsked ? NextHop.tryParse(nextHops.get(0)) : Optional.empty();
        boolean http11 = head.protocolVersion().equals(HttpVersion.HTTP_1_1);
        Set<String> connection = FieldNames.connectionOptions(headers);
        // RFC 9112 §9.3: a proxy does not keep a connection with an HTTP/1.0 client, whatever it asks for.
        boolean keepAlive = http11 && !connection.contains("close");
        boolean expectContinue = expectsContinue(headers) && http11 && !framing.isEmpty();
        boolean webSocket = http11
                && head.method().equals(HttpMethod.GET)
                && framing.isEmpty()
                && connection.contains("upgrade")
                && isWebSocket(headers.getAll(HttpHeaderNames.UPGRADE));
        boolean invalidNextHop = nextHopAsked && nextHop.isEmpty();
        Request.Options options = new Request.Options(keepAlive, expectContinue, webSocket, nextHop, invalidNextHop);
        return new Request(head.method(), head.protocolVersion(), target, headers, framing, options);
    }

    private static boolean expectsContinue(HttpHeaders headers) throws MalformedMessageException {
        List<String> expectations = headers.getAll(HttpHeaderNames.EXPECT);
        boolean known = expectations.stream().allMatch(HttpHeaderValues.CONTINUE::contentEqualsIgnoreCase);
        require(known, Malformation.UNSUPPORTED_EXPECTATION);
        return !expectations.isEmpty();
    }

    private static boolean isWebSocket(List<String> protocols) {
        return protocols.size() == 1 && HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(protocols.get(0));
    }

    private static void require(boolean condition, Malformation otherwise) throws MalformedMessageException {
        if (!condition) {
            throw new MalformedMessageException(otherwise);
        }
    }
}
