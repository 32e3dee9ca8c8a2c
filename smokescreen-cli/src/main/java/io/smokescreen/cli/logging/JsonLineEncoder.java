package io.smokescreen.cli.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.smokescreen.cli.json.JsonLines;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * A log event as one flat JSON object, with the names that Go's Smokescreen (logrus) uses: {@code level}, {@code msg},
 * {@code time}, then the event's key–values in their JSON types. A key–value that would repeat one of these names becomes
 * {@code fields.<name>}, as in logrus.
 *
 * <p>Thread safety: none, one thread owns it.
 */
final class JsonLineEncoder implements LineEncoder {

    /** The longest field, in characters; clients choose much of what is logged. */
    static final int MAX_FIELD_CHARS = 8 * 1024;

    /** The longest stack trace, in characters. */
    static final int MAX_STACK_CHARS = 32 * 1024;

    private static final String OWN_LOGGERS = "io.smokescreen";

    private final UtcTime time = new UtcTime();
    private final JsonLines lines = new JsonLines();

    @Override
    public void encode(ILoggingEvent event) {
        boolean failed = event.getThrowableProxy() != null;
        begin(level(event.getLevel()), event.getFormattedMessage(), event.getTimeStamp());
        List<KeyValuePair> fields = event.getKeyValuePairs();
        if (fields != null) {
            for (KeyValuePair field : fields) {
                field(isTaken(field.key, failed) ? "fields." + field.key : field.key, field.value);
            }
        }
        if (failed) {
            lines.text("error", summary(event), MAX_FIELD_CHARS);
            lines.text("stack", ThrowableProxyUtil.asString(event.getThrowableProxy()), MAX_STACK_CHARS);
        }
        if (!event.getLoggerName().startsWith(OWN_LOGGERS)) {
            lines.text("logger", event.getLoggerName(), MAX_FIELD_CHARS);
        }
        lines.end();
    }

    @Override
    public void encodeDropped(long dropped, long nowMillis) {
        begin("warning", "dropped " + dropped + " log lines", nowMillis);
        lines.literal("dropped", Long.toString(dropped));
        lines.end();
    }

    @Override
    public void abandon() {
        lines.abandon();
    }

    @Override
    public int size() {
        return lines.size();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        lines.writeTo(out);
    }

    @Override
    public void clear() {
        lines.clear();
    }

    private void begin(String level, @Nullable String message, long timeMillis) {
        lines.begin();
        lines.text("level", level, MAX_FIELD_CHARS);
        lines.text("msg", message == null ? "" : message, MAX_FIELD_CHARS);
        lines.text("time", time.format(timeMillis), MAX_FIELD_CHARS);
    }

    private void field(String key, @Nullable Object value) {
        if (value == null || value instanceof Boolean || isJsonNumber(value)) {
            lines.literal(key, String.valueOf(value));
        } else if (value instanceof Map<?, ?> entries) {
            lines.beginObject(key);
            entries.forEach((name, each) -> field(String.valueOf(name), each));
            lines.endObject();
        } else if (value instanceof List<?> elements) {
            lines.beginArray(key);
            elements.forEach(each -> lines.textElement(String.valueOf(each), MAX_FIELD_CHARS));
            lines.endArray();
        } else {
            lines.text(key, String.valueOf(value), MAX_FIELD_CHARS);
        }
    }

    private static boolean isJsonNumber(Object value) {
        if (value instanceof Double || value instanceof Float) {
            return Double.isFinite(((Number) value).doubleValue());
        }
        return value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte
                || value instanceof BigInteger
                || value instanceof BigDecimal;
    }

    private static boolean isTaken(String key, boolean failed) {
        return switch (key) {
            case "level", "msg", "time" -> true;
            case "error", "stack" -> failed;
            default -> false;
        };
    }

    private static String level(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> "error";
            case Level.WARN_INT -> "warning"; // as logrus prints it
            case Level.INFO_INT -> "info";
            case Level.DEBUG_INT -> "debug";
            default -> "trace";
        };
    }

    private static String summary(ILoggingEvent event) {
        String type = event.getThrowableProxy().getClassName();
        String message = event.getThrowableProxy().getMessage();
        return message == null ? type : type + ": " + message;
    }
}
