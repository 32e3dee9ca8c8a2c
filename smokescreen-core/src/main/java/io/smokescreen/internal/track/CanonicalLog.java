package io.smokescreen.internal.track;

import static io.smokescreen.internal.track.TextHygiene.line;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.Host;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** The two lines a request leaves, with Go's messages, field names and types, as SLF4J key-values. */
final class CanonicalLog {

    private static final String DECISION = "CANONICAL-PROXY-DECISION";
    private static final String CLOSE = "CANONICAL-PROXY-CN-CLOSE";
    private static final double NANOS_PER_MILLISECOND = 1e6;

    private static final Logger LOG = LoggerFactory.getLogger("io.smokescreen.proxy");

    void decision(ExchangeRecord record) {
        Line event = new Line(LOG.atLevel(level(record)));
        identify(event, record);
        AclDecision decision = record.decision;
        event.with("project", line(decision == null ? "" : decision.project()))
                .with("decision_reason", line(record.reason))
                .with("enforce_would_deny", wouldDeny(record, decision))
                .with("allow", record.allowed);
        if (record.lookupNanos >= 0) {
            event.with("dns_lookup_time_ms", record.lookupNanos / NANOS_PER_MILLISECOND);
        }
        if (record.connectNanos >= 0) {
            event.with("conn_establish_time_ms", record.connectNanos / NANOS_PER_MILLISECOND);
        }
        ExchangeRecord.Inspection inspection = record.inspection;
        if (inspection != null) {
            event.with("mitm_req_url", line(inspection.url()))
                    .with("mitm_req_method", line(inspection.method()))
                    .with("mitm_req_headers", inspection.headers());
        }
        if (record.responded) {
            event.with("content_length", record.contentLength);
        }
        if (!record.error.isEmpty()) {
            event.with("error", line(record.error));
        }
        event.log(DECISION);
    }

    void close(OpenConnection connection, double seconds) {
        Line event = new Line(LOG.atInfo());
        identify(event, connection.record());
        event.with("bytes_in", connection.bytesIn())
                .with("bytes_out", connection.bytesOut())
                .with("duration", seconds)
                .with("end_time", Instant.now())
                .with("last_activity", connection.lastActivity())
                .with("error", line(connection.error()));
        if (connection.wasActiveAtTermination()) {
            event.with("active_at_termination", true);
        }
        event.log(CLOSE);
    }

    private static boolean wouldDeny(ExchangeRecord record, @Nullable AclDecision decision) {
        return record.denied || (decision != null && decision.result() != AclDecision.Result.ALLOW);
    }

    private static Level level(ExchangeRecord record) {
        if (record.failed) {
            return Level.ERROR;
        }
        return record.allowed && !record.limited ? Level.INFO : Level.WARN;
    }

    private static void identify(Line event, ExchangeRecord record) {
        event.with("id", record.id)
                .with("inbound_remote_addr", address(record.clientAddress))
                .with("proxy_type", record.proxyType.label())
                .with("requested_host", line(record.requestedHost))
                .with("start_time", record.startTime)
                .with("trace_id", line(record.traceId))
                .with("role", line(record.role));
        if (!record.commonName.isEmpty()) {
            event.with("inbound_remote_x509_cn", line(record.commonName));
        }
        if (!record.organizationalUnit.isEmpty()) {
            event.with("inbound_remote_x509_ou", line(record.organizationalUnit));
        }
        if (record.outboundRemote != null) {
            event.with("outbound_local_addr", address(record.outboundLocal))
                    .with("outbound_remote_addr", address(record.outboundRemote));
        }
    }

    static String address(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.isUnresolved()) {
            return "";
        }
        String host = Host.of(inet.getAddress()).text();
        return host.indexOf(':') < 0 ? host + ":" + inet.getPort() : "[" + host + "]:" + inet.getPort();
    }

    /** Gathers the fields of one line. */
    private static final class Line {

        private LoggingEventBuilder event;

        Line(LoggingEventBuilder event) {
            this.event = event;
        }

        Line with(String name, Object value) {
            event = event.addKeyValue(name, value);
            return this;
        }

        void log(String message) {
            event.log(message);
        }
    }
}
