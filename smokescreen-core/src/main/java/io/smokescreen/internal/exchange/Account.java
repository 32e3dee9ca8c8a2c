package io.smokescreen.internal.exchange;

import static java.util.Objects.requireNonNull;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpMethod;
import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.Host;
import io.smokescreen.api.Metric;
import io.smokescreen.api.MitmSettings;
import io.smokescreen.api.RequestContext;
import io.smokescreen.internal.address.VettingResult;
import io.smokescreen.internal.policy.AclOutcome;
import io.smokescreen.internal.policy.GateOutcome;
import io.smokescreen.internal.policy.NextHopSelection;
import io.smokescreen.internal.request.Request;
import io.smokescreen.internal.track.ExchangeRecord;
import io.smokescreen.internal.track.ExchangeRecord.ProxyType;
import io.smokescreen.internal.track.OpenConnection;
import io.smokescreen.internal.track.Tracker;
import io.smokescreen.internal.upstream.DialResult;
import io.smokescreen.internal.upstream.DialResult.Connected;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one exchange leaves in the log and the metrics: told by its stages, in their order. Event loop only. */
final class Account {

    private static final Logger LOG = LoggerFactory.getLogger(Account.class);

    private final Tracker tracker;
    private final ClientIdentity client;
    private final @Nullable Interception inside;
    private final ExchangeRecord record;
    private String destinationHost = "";
    private @Nullable Request request;
    private @Nullable ClientRequest clientRequest;

    /** @param inside the tunnel that the request came in, where the proxy looks into one */
    Account(Tracker tracker, ClientIdentity client, @Nullable Interception inside) {
        this.tracker = tracker;
        this.client = client;
        this.inside = inside;
        this.record = new ExchangeRecord(client.loggedAddress(), client.commonName(), client.organizationalUnit());
    }

    /** {@return when the head of the request was complete, as {@link System#nanoTime()}} */
    long beganNanos() {
        return record.startNanos();
    }

    /** A head is here, which may be malformed. */
    void asked(HttpMethod method) {
        record.requested(method.equals(HttpMethod.CONNECT) ? ProxyType.CONNECT : ProxyType.HTTP, "", "");
    }

    void requested(Request wellFormed) {
        request = wellFormed;
        destinationHost = wellFormed.destination().host().text();
        ProxyType type = wellFormed.isConnect() ? ProxyType.CONNECT : ProxyType.HTTP;
        String ownTrace = wellFormed.traceId();
        String trace = inside == null || !ownTrace.isEmpty() ? ownTrace : inside.traceId();
        record.requested(type, wellFormed.destination().toString(), trace);
    }

    /** {@return what the client asked for, as user code sees it; there must be a well-formed request} */
    ClientRequest clientRequest() {
        ClientRequest known = clientRequest;
        if (known == null) {
            known = client.asking(requireNonNull(request, "request"));
            clientRequest = known;
        }
        return known;
    }

    /** {@return what is known by now, for user code that asks for it; empty without a well-formed request} */
    Optional<RequestContext> context() {
        return request == null
                ? Optional.empty()
                : Optional.of(new RequestContext(
                        record.id(),
                        clientRequest(),
                        record.role(),
                        record.decision(),
                        Optional.ofNullable(inside).map(Interception::destination)));
    }

    void identified(Optional<String> role) {
        record.identified(role);
    }

    void decided(AclOutcome outcome) {
        record.decided(outcome.decision());
        tracker.decided(record, outcome.decision());
        if (outcome.failed()) {
            tracker.count(Metric.ACL_DECIDE_ERROR);
        }
    }

    void gated(GateOutcome outcome) {
        if (outcome.failed()) {
            tracker.count(Metric.ACL_UNKNOWN_ERROR);
        }
    }

    /** The request goes on as its rule for hosts to look into says. */
    void inspected(Request found, MitmSettings settings) {
        if (settings.detailedHttpLogs()) {
            record.inspected(Inspections.of(found, settings));
        }
    }

    void allowed() {
        record.allow();
    }

    void vetted(Host host, VettingResult result) {
        if (isLookedUp(host)) {
            record.resolved(result.lookupNanos());
        }
        measured(host, result);
    }

    /** The selector was asked, or there is none. */
    void nextHopSelected(NextHopSelection selection) {
        if (selection.hop().isPresent()) {
            tracker.count(Metric.UPSTREAM_PROXY_SELECTED);
        }
        if (selection.failed()) {
            tracker.count(Metric.ACL_UNKNOWN_ERROR);
        }
    }

    /** The look-up of a next hop is measured as one; in the log line stands that of the destination. */
    void nextHopVetted(Host host, VettingResult result) {
        measured(host, result);
    }

    private static boolean isLookedUp(Host host) {
        return host.address().isEmpty() && !host.isLocalhost();
    }

    private void measured(Host host, VettingResult result) {
        if (isLookedUp(host)) {
            tracker.resolved(result.lookupNanos(), result instanceof VettingResult.ResolutionFailed);
        }
        if (result instanceof VettingResult.Vetted vetted) {
            vetted.verdicts().forEach(tracker::judged);
        } else if (result instanceof VettingResult.Denied denied) {
            denied.verdicts().forEach(tracker::judged);
        }
    }

    void dialing() {
        tracker.dialing(record);
    }

    void dialed(DialResult result) {
        if (result instanceof Connected connected) {
            tracker.dialed(destinationHost, connected.nanos());
            Channel destination = connected.channel();
            record.connected(connected.nanos(), destination.localAddress(), destination.remoteAddress());
        } else if (result instanceof DialResult.Failed failed) {
            tracker.dialFailed(destinationHost, failed.kind().tag());
        }
    }

    /** A connection from an earlier exchange is used. */
    void reused(Channel destination) {
        record.reused(destination.localAddress(), destination.remoteAddress());
    }

    /** A new connection carries the exchange; its close line is written whatever closes it. */
    OpenConnection opened(Channel destination) {
        return tracker.opened(record, destination);
    }

    /** A plain HTTP response begins; its body has that length, or -1 where that is not known yet. */
    void responded(long contentLength) {
        record.responded(contentLength);
        writeDecision();
    }

    void refused(Rejection rejection) {
        switch (rejection.kind()) {
            case RATE_LIMITED -> tracker.count(Metric.REQUESTS_RATE_LIMITED);
            case OVERLOADED -> tracker.count(Metric.REQUESTS_CONCURRENCY_LIMITED);
            case TUNNEL_LIMIT -> tracker.count(Metric.TUNNELS_CONCURRENCY_LIMITED);
            case MALFORMED_REQUEST -> tracker.count(Metric.REQUESTS_MALFORMED);
            case ROLE_MISSING, ROLE_FAILED -> tracker.count(Metric.ACL_ROLE_NOT_DETERMINED);
            case NEXT_HOP_INVALID -> tracker.count(Metric.ACL_UPSTREAM_PROXY_PARSE_ERROR);
            default -> {} // counted where it was found
        }
        record.refused(rejection.kind().code());
        switch (rejection.kind().fault()) {
            case DENIED -> record.deny(rejection.reason());
            case LIMITED -> record.limit(rejection.reason());
            case FAILED -> record.fail(rejection.reason());
        }
        writeDecision();
    }

    void failed(String why) {
        record.fail(why);
        writeDecision();
    }

    /** Writes the decision line; only the first call does. */
    void writeDecision() {
        tracker.writeDecision(record, this::context);
    }

    /** A fault of the proxy itself. */
    void internalError(Throwable cause) {
        tracker.count(Metric.REQUESTS_INTERNAL_ERROR);
        LOG.error("a fault in the work on a request to {}", record.requestedHost(), cause);
    }
}
