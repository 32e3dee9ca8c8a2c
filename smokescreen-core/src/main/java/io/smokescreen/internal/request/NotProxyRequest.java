package io.smokescreen.internal.request;

import io.netty.handler.codec.http.HttpMethod;

/**
 * A well-formed request that is meant for this server itself and not for another one.
 *
 * @param method its method
 * @param path its target: a path with its query, or {@code *}
 */
public record NotProxyRequest(HttpMethod method, String path) implements ParseResult {

    private static final String HEALTH_CHECK = "/healthcheck";

    /** {@return whether somebody asks how this proxy is} */
    public boolean isHealthCheck() {
        return path.equals(HEALTH_CHECK) && (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD));
    }
}
