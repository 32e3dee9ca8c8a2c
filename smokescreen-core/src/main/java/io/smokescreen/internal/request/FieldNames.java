package io.smokescreen.internal.request;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/** Which header fields mean something between two neighbours only, or to this proxy only. All names in lower case. */
final class FieldNames {

    static final String NEXT_HOP = "x-upstream-https-proxy";
    static final String TRACE_ID = "x-smokescreen-trace-id";

    private static final String CONTROL_PREFIX = "x-smokescreen-";
    private static final String PROXY_PREFIX = "proxy-";

    /** Hop-by-hop (RFC 9110 §7.6.1), and what frames a message, which is always written anew. */
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "upgrade",
            "http2-settings",
            "content-length",
            "transfer-encoding",
            "proxy",
            NEXT_HOP);

    /** What Connection cannot take away (RFC 9110 §7.6.1: fields that are meant for all recipients). */
    private static final Set<String> NEVER_BY_CONNECTION =
            Set.of("host", "content-length", "transfer-encoding", "authorization");

    /** RFC 9110 §6.5.1: what is needed before the body must not come after it. */
    private static final Set<String> NEVER_IN_TRAILERS = Set.of(
            "host",
            "authorization",
            "www-authenticate",
            "authentication-info",
            "cookie",
            "set-cookie",
            "content-encoding",
            "content-type",
            "content-range",
            "cache-control",
            "expect",
            "max-forwards",
            "pragma",
            "range",
            "if-match",
            "if-none-match",
            "if-modified-since",
            "if-unmodified-since",
            "if-range",
            "age",
            "date",
            "expires",
            "location",
            "retry-after",
            "vary",
            "warning");

    private FieldNames() {}

    /** The options of all Connection fields, in lower case. */
    static Set<String> connectionOptions(HttpHeaders headers) {
        Set<String> options = new HashSet<>();
        for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
            for (String option : value.split(",", -1)) {
                options.add(option.strip().toLowerCase(Locale.ROOT));
            }
        }
        return options;
    }

    /** Tells which fields of a head must not be copied to the other side. */
    static Predicate<String> notForwarded(HttpHeaders headers) {
        Set<String> options = connectionOptions(headers);
        options.removeAll(NEVER_BY_CONNECTION);
        return name -> options.contains(name.toLowerCase(Locale.ROOT)) || isOfTheConnection(canonical(name));
    }

    /** Tells which trailer fields must not be copied to the other side. */
    static boolean isForbiddenInTrailers(String name) {
        String canonical = canonical(name);
        return isOfTheConnection(canonical) || NEVER_IN_TRAILERS.contains(canonical);
    }

    /** Tells which fields of a message the proxy writes itself: another value would change where it ends or whom it is for. */
    static boolean isOfTheProxy(String name) {
        String canonical = canonical(name);
        return canonical.equals("host") || isOfTheConnection(canonical);
    }

    private static boolean isOfTheConnection(String canonical) {
        return OF_THE_CONNECTION.contains(canonical)
                || canonical.startsWith(PROXY_PREFIX)
                || canonical.startsWith(CONTROL_PREFIX);
    }

    /** Servers that make variables of field names (CGI) cannot tell {@code Content_Length} from {@code Content-Length}. */
    static String canonical(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
