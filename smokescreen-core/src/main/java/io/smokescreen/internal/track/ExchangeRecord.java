package io.smokescreen.internal.track;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.EgressEvent;
import io.smokescreen.api.RequestContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one exchange so far. The stages fill it, the {@link Tracker} writes the log line and the metrics from
 * it. Event loop only.
 */
public final class ExchangeRecord {

    /** How a client asked: with CONNECT or with a plain HTTP request. */
    public enum ProxyType {
        CONNECT("connect"),
        HTTP("http");

        private final String label;

        ProxyType(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /** Who asked and for what, and where that led to. The fields of the log lines of these names. */
    public record Identity(
            String id,
            String traceId,
            String role,
            String requestedHost,
            String outboundRemoteAddress,
            String proxyType) {}

    /**
     * What the log shows of a request that the proxy looked into.
     *
     * @param url where it goes to, path and query included
     * @param method the HTTP method
     * @param headers the client's fields; values that are not to be shown are replaced already
     */
    public record Inspection(String url, String method, Map<String, List<String>> headers) {}

    final String id = ExchangeId.next();
    final Instant startTime = Instant.now();
    final long startNanos = System.nanoTime();
    final InetSocketAddress clientAddress;
    final String commonName;
    final String organizationalUnit;

    ProxyType proxyType = ProxyType.HTTP;
    String requestedHost = "";
    String traceId = "";
    boolean responded;
    long contentLength;
    String role = "";

    @Nullable
    Inspection inspection;

    @Nullable
    AclDecision decision;

    boolean allowed;
    boolean denied;
    boolean limited;
    boolean failed;
    String reason = "";
    String errorCode = "";
    String error = "";
    long lookupNanos = -1;
    long connectNanos = -1;

    @Nullable
    SocketAddress outboundLocal;

    @Nullable
    SocketAddress outboundRemote;

    boolean decisionWritten;

    /**
     * @param clientAddress the client as log lines give it
     * @param commonName the common name in the client's certificate, or the empty string
     * @param organizationalUnit the organizational unit in the client's certificate, or the empty string
     */
    public ExchangeRecord(InetSocketAddress clientAddress, String commonName, String organizationalUnit) {
        this.clientAddress = clientAddress;
        this.commonName = commonName;
        this.organizationalUnit = organizationalUnit;
    }

    /** Fills in what the head of the request says. */
    public void requested(ProxyType type, String host, String trace) {
        this.proxyType = type;
        this.requestedHost = host;
        this.traceId = trace;
    }

    /** A plain HTTP response begins; its body has that length, or -1 where that is not known yet, as in Go. */
    public void responded(long length) {
        this.responded = true;
        this.contentLength = length;
    }

    public void identified(Optional<String> clientRole) {
        this.role = clientRole.orElse("");
    }

    public void decided(AclDecision aclDecision) {
        this.decision = aclDecision;
        this.reason = aclDecision.reason();
    }

    public void inspected(Inspection found) {
        this.inspection = found;
    }

    public void resolved(long nanos) {
        this.lookupNanos = nanos;
    }

    public void connected(long nanos, SocketAddress local, SocketAddress remote) {
        this.connectNanos = nanos;
        this.outboundLocal = local;
        this.outboundRemote = remote;
    }

    /** A connection from an earlier exchange is used. */
    public void reused(SocketAddress local, SocketAddress remote) {
        this.outboundLocal = local;
        this.outboundRemote = remote;
    }

    /** The client is answered with a refusal that has this code. */
    public void refused(String code) {
        this.errorCode = code;
    }

    /** The exchange goes on. */
    public void allow() {
        this.allowed = true;
    }

    /** Policy said no; {@code why} is what the log gives as the reason. */
    public void deny(String why) {
        this.allowed = false;
        this.denied = true;
        this.reason = why;
    }

    /** The proxy has too much to do to go on. */
    public void limit(String what) {
        this.limited = true;
        this.error = what;
    }

    /** Something went wrong on the way. */
    public void fail(String what) {
        this.failed = true;
        this.error = what;
    }

    /** {@return the request's name in log lines} */
    public String id() {
        return id;
    }

    /** {@return the client's role, if it has one and was asked for it} */
    public Optional<String> role() {
        return role.isEmpty() ? Optional.empty() : Optional.of(role);
    }

    /** {@return what the ACL decided, once it has} */
    public Optional<AclDecision> decision() {
        return Optional.ofNullable(decision);
    }

    /** {@return where the client wants to go, in canonical form; the empty string before that is known} */
    public String requestedHost() {
        return requestedHost;
    }

    /** {@return who asked and for what, cleaned as in log lines} */
    public Identity identity() {
        return new Identity(
                id,
                TextHygiene.line(traceId),
                TextHygiene.line(role),
                TextHygiene.line(requestedHost),
                CanonicalLog.address(outboundRemote),
                proxyType.label());
    }

    /** {@return what a listener is told, cleaned as in log lines} */
    EgressEvent decidedEvent(Optional<RequestContext> context) {
        return new EgressEvent.Decided(
                id, context, allowed, TextHygiene.line(reason), errorCode, TextHygiene.line(error), outboundRemote());
    }

    /** {@return where the exchange is connected to, once it is} */
    Optional<InetSocketAddress> outboundRemote() {
        return outboundRemote instanceof InetSocketAddress remote ? Optional.of(remote) : Optional.empty();
    }

    /** {@return when the exchange began, as {@link System#nanoTime()}} */
    public long startNanos() {
        return startNanos;
    }

    /** {@return nanoseconds since the exchange began} */
    public long elapsedNanos() {
        return System.nanoTime() - startNanos;
    }

    /** {@return the role if the ACL has a rule of its own for it, so that no outsider chooses the value of a tag} */
    String roleTag() {
        AclDecision known = decision;
        boolean ownRule =
                known != null && !known.defaultRule() && !known.project().isEmpty();
        return ownRule && !role.isEmpty() ? TextHygiene.tag(role) : "unknown";
    }
}
