package io.smokescreen.cli.logging;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/**
 * A log event for people at a terminal: time, level, message, then {@code name=value} for what is not empty. Whatever text
 * comes in, nothing but lines comes out: control characters are escaped, so that no client writes to the terminal.
 *
 * <p>Thread safety: none, one thread owns it.
 */
final class TextLineEncoder implements LineEncoder {

    private final UtcTime time = new UtcTime();
    private final StringBuilder lines = new StringBuilder();
    private int lineStart;

    @Override
    public void encode(ILoggingEvent event) {
        begin(event.getTimeStamp(), event.getLevel().toString(), event.getFormattedMessage());
        List<KeyValuePair> fields = event.getKeyValuePairs();
        if (fields != null) {
            fields.forEach(field -> field(field.key, String.valueOf(field.value)));
        }
        if (event.getThrowableProxy() != null) {
            String stack = ThrowableProxyUtil.asString(event.getThrowableProxy());
            stack.lines().limit(100).forEach(frame -> {
                lines.append("\n    ");
                escape(frame.strip());
            });
        }
        end();
    }

    @Override
    public void encodeDropped(long dropped, long nowMillis) {
        begin(nowMillis, "WARN", "dropped " + dropped + " log lines");
        end();
    }

    @Override
    public void abandon() {
        lines.setLength(lineStart);
    }

    @Override
    public int size() {
        return lines.length();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(lines.toString().getBytes(UTF_8));
        out.flush();
    }

    @Override
    public void clear() {
        lines.setLength(0);
        lineStart = 0;
    }

    private void begin(long timeMillis, String level, String message) {
        lineStart = lines.length();
        lines.append(time.format(timeMillis)).append(' ').append(String.format(Locale.ROOT, "%-5s ", level));
        escape(message);
    }

    private void end() {
        lines.append('\n');
        lineStart = lines.length();
    }

    private void field(String name, String value) {
        if (value.isEmpty()) {
            return;
        }
        boolean plain = value.chars().noneMatch(c -> c == ' ' || c == '"' || c == '=');
        lines.append(' ');
        escape(name);
        lines.append(plain ? "=" : "=\"");
        escape(plain ? value : value.replace("\"", "\\\""));
        lines.append(plain ? "" : "\"");
    }

    private void escape(String text) {
        int end = Math.min(text.length(), JsonLineEncoder.MAX_FIELD_CHARS);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (isVisible(c)) {
                lines.append(c);
            } else {
                lines.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        if (end < text.length()) {
            lines.append("... (cut, ").append(text.length()).append(" characters)");
        }
    }

    private static boolean isVisible(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
