package io.smokescreen.internal.request;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.smokescreen.api.Destination;
import io.smokescreen.api.Headers;
import io.smokescreen.api.NextHop;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A well-formed request to be proxied. Only {@link RequestParser} makes one, so whoever holds one holds a checked
 * destination; nothing after it looks at the request line or at {@code Host} again.
 *
 * <p>Thread safety: not modified after it was made; the headers are read-only by agreement.
 */
public final class Request implements ParseResult {

    private final HttpMethod method;
    private final HttpVersion version;
    private final Target target;
    private final HttpHeaders headers;
    private final Framing framing;
    private final Options options;
    private final Set<String> withheld;
    private final HttpHeaders added;

    Request(
            HttpMethod method,
            HttpVersion version,
            Target target,
            HttpHeaders headers,
            Framing framing,
            Options options) {
        this(method, version, target, headers, framing, options, Set.of(), EmptyHttpHeaders.INSTANCE);
    }

    private Request(
            HttpMethod method,
            HttpVersion version,
            Target target,
            HttpHeaders headers,
            Framing framing,
            Options options,
            Set<String> withheld,
            HttpHeaders added) {
        this.method = method;
        this.version = version;
        this.target = target;
        this.headers = headers;
        this.framing = framing;
        this.options = options;
        this.withheld = withheld;
        this.added = added;
    }

    public HttpMethod method() {
        return method;
    }

    public boolean isConnect() {
        return method.equals(HttpMethod.CONNECT);
    }

    /**
     * {@return HTTP/1.0 or HTTP/1.1}
     */
    public HttpVersion version() {
        return version;
    }

    public Destination destination() {
        return target.destination();
    }

    /**
     * {@return whether the origin is spoken to over TLS: the request has an {@code https} URI, or came inside of a tunnel}
     */
    public boolean isSecure() {
        return target.secure();
    }

    /**
     * {@return the authority as the client wrote it, for messages: visible ASCII}
     */
    public String authority() {
        return target.authority();
    }

    /**
     * {@return the path and the query as they came, {@code *} for OPTIONS without a path; empty for CONNECT}
     */
    public String pathAndQuery() {
        return target.pathAndQuery();
    }

    /**
     * {@return where the request goes to and what it asks for, as one URL in canonical form; not for CONNECT}
     */
    public String url() {
        String path = pathAndQuery().equals("*") ? "" : pathAndQuery();
        return (isSecure() ? "https://" : "http://") + hostField() + path;
    }

    /** {@return the destination as {@code Host} has it: without the port that its scheme means anyway} */
    String hostField() {
        String text = destination().toString();
        int defaultPort = isSecure() ? RequestParser.HTTPS_PORT : RequestParser.HTTP_PORT;
        return destination().port() == defaultPort ? text.substring(0, text.lastIndexOf(':')) : text;
    }

    /**
     * {@return the fields as they came, not to be changed}
     */
    public HttpHeaders headers() {
        return headers;
    }

    /**
     * {@return the fields as user code sees them}
     */
    public Headers headerView() {
        return name -> List.copyOf(headers.getAll(name));
    }

    /**
     * {@return this request without those fields, and without those trailers when they come}
     *
     * @param names names of fields, whose case does not matter, nor whether they are written with {@code _} or {@code -}
     */
    public Request without(Set<String> names) {
        return names.isEmpty() ? this : changed(names, added);
    }

    /**
     * {@return this request with those fields in place of what the client sent under these names, in trailers too; nothing that
     * the client says of its connection takes them away}
     *
     * @param fields values by name
     * @throws IllegalArgumentException if one cannot be sent, or is a field that the proxy writes itself
     */
    public Request with(Map<String, String> fields) {
        if (fields.isEmpty()) {
            return this;
        }
        HttpHeaders checked = AddedFields.of(fields);
        return changed(checked.names(), checked);
    }

    /**
     * {@return this request, going through that proxy unless the client named another one for it}
     *
     * @param inherited the proxy, if there is one
     */
    public Request orThrough(Optional<NextHop> inherited) {
        if (inherited.isEmpty() || options.nextHop().isPresent() || options.invalidNextHop()) {
            return this;
        }
        Options changed = options.withNextHop(inherited);
        return new Request(method, version, target, headers, framing, changed, withheld, added);
    }

    private Request changed(Set<String> without, HttpHeaders with) {
        Set<String> canonical = Stream.concat(
                        withheld.stream(), without.stream().map(FieldNames::canonical))
                .collect(toUnmodifiableSet());
        HttpHeaders kept = headers.copy();
        kept.names().stream()
                .filter(name -> canonical.contains(FieldNames.canonical(name)))
                .forEach(kept::remove);
        return new Request(method, version, target, kept, framing, options, canonical, with);
    }

    /** {@return fields for the origin in addition to {@link #headers}} */
    HttpHeaders added() {
        return added;
    }

    /** {@return whether the client's fields of that name are not for the origin} */
    boolean isWithheld(String name) {
        return !withheld.isEmpty() && withheld.contains(FieldNames.canonical(name));
    }

    public Framing framing() {
        return framing;
    }

    /**
     * {@return whether the client's connection may carry another request (RFC 9112 §9.3); never with HTTP/1.0}
     */
    public boolean keepAlive() {
        return options.keepAlive();
    }

    /**
     * {@return whether the client waits for a 100 before it sends the body}
     */
    public boolean expectContinue() {
        return options.expectContinue();
    }

    /**
     * {@return whether the client asks to switch to the WebSocket protocol; any other Upgrade is ignored}
     */
    public boolean webSocketUpgrade() {
        return options.webSocketUpgrade();
    }

    /**
     * {@return the client's name for the request in logs, or empty text}
     */
    public String traceId() {
        return headerView().first(FieldNames.TRACE_ID).orElse("");
    }

    /**
     * {@return the proxy the client wants to go through}
     */
    public Optional<NextHop> nextHop() {
        return options.nextHop();
    }

    /**
     * {@return whether the client wants to go through a proxy and does not say which in a way that can be read: the request
     *     must go no further}
     */
    public boolean hasInvalidNextHop() {
        return options.invalidNextHop();
    }

    /** Where to, in the forms in which it is needed. */
    record Target(Destination destination, boolean secure, String authority, String pathAndQuery) {}

    /** What the client asks of the connection, and of the way. */
    record Options(
            boolean keepAlive,
            boolean expectContinue,
            boolean webSocketUpgrade,
            Optional<NextHop> nextHop,
            boolean invalidNextHop) {

        Options withNextHop(Optional<NextHop> other) {
            return new Options(keepAlive, expectContinue, webSocketUpgrade, other, invalidNextHop);
        }
    }
}
