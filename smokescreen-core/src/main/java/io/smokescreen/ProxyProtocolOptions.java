package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.internal.address.AddressTable;
import io.smokescreen.internal.listener.ProxyProtocol;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The PROXY protocol (versions 1 and 2) on the listener: a load balancer in front of the proxy says, before TLS and HTTP,
 * which client a connection is from.
 *
 * <p>The header is read first of all, within {@link TimeoutOptions#readHeader()}. One that is malformed, that announces UDP
 * or a Unix socket, or that is longer than {@value #MAX_HEADER_BYTES} bytes (version 1: 107, as the protocol says) closes
 * the connection unanswered, and is counted as {@link io.smokescreen.api.Metric#PROXY_PROTOCOL_ERROR}. {@code UNKNOWN},
 * {@code UNSPEC} and {@code LOCAL} headers announce nobody; then the client is the TCP peer. Extensions (TLVs) are skipped.
 *
 * <p>The announced address is what log lines call the client. Decisions are another matter, since whoever connects can
 * announce anything: {@link io.smokescreen.api.ClientRequest#clientAddress()}, which the built-in role extractors go by, is the
 * announced address only where the header came from one of the {@link #trustedRanges}, else the TCP peer. Whether a
 * destination is the proxy itself never depends on a header.
 *
 * <pre>{@code
 * Smokescreen.builder()
 *         .proxyProtocol(ProxyProtocolOptions.required().withTrustedRanges(List.of("10.0.4.0/24")))
 * }</pre>
 *
 * <p>Thread safety: immutable.
 *
 * @param headerRequired whether a connection without a header is closed; otherwise it is served, as its TCP peer
 * @param trustedRanges the load balancers, such as {@code 10.0.4.0/24} or {@code 2001:db8::7/128}: a header from elsewhere
 *     closes the connection. Empty: everybody may send a header, and no decision goes by it.
 * @see SmokescreenBuilder#proxyProtocol
 */
public record ProxyProtocolOptions(boolean headerRequired, List<String> trustedRanges) {

    /** The longest header of version 2 that is read, in bytes: {@value}. */
    public static final int MAX_HEADER_BYTES = ProxyProtocol.MAX_V2_HEADER_BYTES;

    /**
     * Checks and copies the ranges.
     *
     * @throws ConfigurationException if one is not a range; the message names it and what would be right
     */
    public ProxyProtocolOptions {
        trustedRanges = List.copyOf(trustedRanges);
        tableOf(trustedRanges);
    }

    /** {@return a header on each connection; a connection without one is closed} */
    public static ProxyProtocolOptions required() {
        return new ProxyProtocolOptions(true, List.of());
    }

    /**
     * {@return a header where the client sends one}
     *
     * <p>Without {@link #withTrustedRanges trusted ranges} every client may choose the address that is logged.
     */
    public static ProxyProtocolOptions optional() {
        return new ProxyProtocolOptions(false, List.of());
    }

    /**
     * {@return these with headers from nobody else}
     *
     * @param ranges the load balancers, at least one, such as {@code 10.0.4.0/24} or {@code 2001:db8::7/128}
     * @throws ConfigurationException if there is none, or one is not a range
     */
    public ProxyProtocolOptions withTrustedRanges(List<String> ranges) {
        requireNonNull(ranges, "ranges");
        if (ranges.isEmpty()) {
            throw new ConfigurationException(
                    "trustedRanges is empty (expected at least one range, such as '10.0.4.0/24')");
        }
        return new ProxyProtocolOptions(headerRequired, ranges);
    }

    ProxyProtocol toProtocol() {
        if (trustedRanges.isEmpty()) {
            return new ProxyProtocol(headerRequired, peer -> true, false);
        }
        AddressTable<Boolean> table = tableOf(trustedRanges);
        Predicate<InetAddress> trusted = peer -> table.find(peer).isPresent();
        return new ProxyProtocol(headerRequired, trusted, true);
    }

    private static AddressTable<Boolean> tableOf(List<String> ranges) {
        Map<String, Boolean> blocks = new LinkedHashMap<>();
        ranges.forEach(range -> blocks.put(range, true));
        return AddressTable.of(blocks);
    }
}
