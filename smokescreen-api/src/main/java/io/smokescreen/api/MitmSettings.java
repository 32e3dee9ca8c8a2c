package io.smokescreen.api;

import java.util.List;
import java.util.Map;

/**
 * How to look inside of TLS with a host, where an ACL rule names the host in {@code mitm_domains}: of requests inside of a
 * tunnel to it, and of those that the proxy is sent with an {@code https} URI. What is to be logged is logged of requests with
 * an {@code http} URI too.
 *
 * @param addHeaders header fields to set on each request that goes to the host over TLS, replacing what the client sent;
 *     requests are refused with 500 if HTTP does not have such a field, or it is one that the proxy sets itself
 * @param detailedHttpLogs whether URL, method and headers of requests are logged
 * @param fullHeaders the header fields whose values are logged; those of all others are redacted
 */
public record MitmSettings(Map<String, String> addHeaders, boolean detailedHttpLogs, List<String> fullHeaders) {

    /** Copies the map and the list. */
    public MitmSettings {
        addHeaders = Map.copyOf(addHeaders);
        fullHeaders = List.copyOf(fullHeaders);
    }
}
