package io.smokescreen.api;

import java.util.List;
import java.util.Map;

/**
 * How to look inside a tunnel to a host, where an ACL rule names the host in {@code mitm_domains}.
 *
 * @param addHeaders header fields to set on each inner request, replacing what the client sent
 * @param detailedHttpLogs whether URL, method and headers of inner requests are logged
 * @param fullHeaders the header fields whose values are logged; those of all others are redacted
 */
public record MitmSettings(Map<String, String> addHeaders, boolean detailedHttpLogs, List<String> fullHeaders) {

    /** Copies the map and the list. */
    public MitmSettings {
        addHeaders = Map.copyOf(addHeaders);
        fullHeaders = List.copyOf(fullHeaders);
    }
}
