package io.smokescreen.cli.stats;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.smokescreen.ConnectionSnapshot;
import io.smokescreen.cli.http.Answers;
import io.smokescreen.cli.json.JsonLines;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** A JSON array of connections, one a line, with the names and types of Go's {@code InstrumentedConnStats}. */
final class ConnectionsJson implements Answers {

    private static final int MAX_TEXT_CHARS = 1_024;

    private final Supplier<List<ConnectionSnapshot>> connections;

    ConnectionsJson(Supplier<List<ConnectionSnapshot>> connections) {
        this.connections = connections;
    }

    @Override
    public boolean knows(String path) {
        return true;
    }

    @Override
    public String write(String accept, OutputStream out) throws IOException {
        JsonLines line = new JsonLines();
        out.write("[\n".getBytes(US_ASCII));
        boolean first = true;
        for (ConnectionSnapshot connection : connections.get()) {
            if (!first) {
                out.write(',');
            }
            first = false;
            line.clear();
            line.begin();
            addFields(connection, line);
            line.end();
            line.writeTo(out);
        }
        out.write("]\n".getBytes(US_ASCII));
        return "application/json";
    }

    private static void addFields(ConnectionSnapshot connection, JsonLines line) {
        line.text("role", connection.role(), MAX_TEXT_CHARS);
        line.text("rhost", connection.requestedHost(), MAX_TEXT_CHARS);
        line.text("raddr", connection.remoteAddress(), MAX_TEXT_CHARS);
        line.text("created", connection.created().toString(), MAX_TEXT_CHARS); // RFC 3339
        line.literal("bytesIn", Long.toString(connection.bytesIn()));
        line.literal("bytesOut", Long.toString(connection.bytesOut()));
        line.literal("secondsSinceLastActivity", seconds(connection.sinceLastActivity()));
        line.text("proxyType", connection.proxyType(), MAX_TEXT_CHARS);
    }

    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toNanos(), 9).toPlainString();
    }
}
