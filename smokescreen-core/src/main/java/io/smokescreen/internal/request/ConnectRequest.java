package io.smokescreen.internal.request;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Builds the CONNECT that a next hop gets (RFC 9110 §9.3.6). */
public final class ConnectRequest {

    /**
     * What says where to, what frames the message, and what would make another protocol of it. What else is between neighbours,
     * such as {@code Proxy-Authorization}, is between the application and the next hop here.
     */
    private static final Set<String> OF_THE_PROXY = Set.of(
            "host",
            "connection",
            "proxy-connection",
            "keep-alive",
            "te",
            "trailer",
            "upgrade",
            "http2-settings",
            "expect",
            "content-length",
            "transfer-encoding");

    private ConnectRequest() {}

    /**
     * {@return the request}
     *
     * @param authority where to, {@code host:port}
     * @param proxyAuthorization the credentials for the next hop
     * @param added fields of the application, which replace the proxy's own
     * @throws IllegalArgumentException if one of them is no field, or is not the application's to set; the message does not hold
     *     its value
     */
    public static FullHttpRequest of(String authority, Optional<String> proxyAuthorization, Map<String, String> added) {
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        headers.set(HttpHeaderNames.HOST, authority);
        proxyAuthorization.ifPresent(value -> headers.set(HttpHeaderNames.PROXY_AUTHORIZATION, value));
        headers.setAll(AddedFields.of(added, ConnectRequest::isOfTheProxy));
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.CONNECT,
                authority,
                Unpooled.EMPTY_BUFFER,
                headers,
                EmptyHttpHeaders.INSTANCE);
    }

    private static boolean isOfTheProxy(String name) {
        return OF_THE_PROXY.contains(FieldNames.canonical(name));
    }
}
