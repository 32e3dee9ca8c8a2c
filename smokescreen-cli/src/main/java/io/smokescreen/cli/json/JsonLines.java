package io.smokescreen.cli.json;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * JSON objects, one a line, with objects and arrays inside where needed, written straight into UTF-8 bytes that are used again. Whatever text comes in, a line stays
 * one line of valid JSON that a terminal and a JavaScript reader take well: control characters, U+2028 and U+2029 are
 * escaped, a lone surrogate becomes U+FFFD, text over the limit is cut and says so.
 *
 * <p>Thread safety: none, one thread owns it.
 */
public final class JsonLines {

    private static final int INITIAL_BYTES = 16 * 1024;

    /** A buffer that one storm of long fields blew up beyond this is not kept. */
    private static final int MAX_KEPT_BYTES = 1024 * 1024;

    /** The longest escape of a char, as in {@code \u001f}. */
    private static final int MAX_BYTES_PER_CHAR = 6;

    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int length;
    private int lineStart;

    /** Creates one without lines. */
    public JsonLines() {}

    /** Starts a line. */
    public void begin() {
        lineStart = length;
        bracket('{');
    }

    /** Ends the line. */
    public void end() {
        ensure(2);
        bytes[length++] = '}';
        bytes[length++] = '\n';
        lineStart = length;
    }

    /** Takes back the line that was begun and not ended. */
    public void abandon() {
        length = lineStart;
    }

    /** Starts an object as the value of a key. */
    public void beginObject(String key) {
        key(key);
        bracket('{');
    }

    /** Starts an object as an element of an array. */
    public void beginElement() {
        separate();
        bracket('{');
    }

    /** Ends an object that is not the line. */
    public void endObject() {
        bracket('}');
    }

    /** Starts an array as the value of a key. */
    public void beginArray(String key) {
        key(key);
        bracket('[');
    }

    /** Ends an array. */
    public void endArray() {
        bracket(']');
    }

    /** Adds a text of at most {@code maxChars}; the rest is cut off and counted. */
    public void text(String key, String value, int maxChars) {
        key(key);
        quoted(value, maxChars);
    }

    /** Adds a text as an element of an array, cut as {@link #text} does. */
    public void textElement(String value, int maxChars) {
        separate();
        quoted(value, maxChars);
    }

    private void quoted(String value, int maxChars) {
        ensure(2);
        bytes[length++] = '"';
        if (value.length() <= maxChars) {
            escape(value, value.length());
        } else {
            escape(value, Character.isHighSurrogate(value.charAt(maxChars - 1)) ? maxChars - 1 : maxChars);
            ascii("... (cut, " + value.length() + " characters)");
        }
        ensure(1);
        bytes[length++] = '"';
    }

    /** Adds {@code value} as it stands: a number, {@code true}, {@code false} or {@code null}. */
    public void literal(String key, String value) {
        key(key);
        ascii(value);
    }

    /** {@return how many bytes are held} */
    public int size() {
        return length;
    }

    /** Writes all lines; they stay until {@link #clear}. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, length);
        out.flush();
    }

    /** Starts afresh. */
    public void clear() {
        length = 0;
        lineStart = 0;
        if (bytes.length > MAX_KEPT_BYTES) {
            bytes = new byte[INITIAL_BYTES];
        }
    }

    private void key(String key) {
        separate();
        ensure(1);
        bytes[length++] = '"';
        escape(key, key.length());
        ensure(2);
        bytes[length++] = '"';
        bytes[length++] = ':';
    }

    /** No value ends in an opening bracket, so one that stands last means that this is the first inside. */
    private void separate() {
        ensure(1);
        byte last = bytes[length - 1];
        if (last != '{' && last != '[') {
            bytes[length++] = ',';
        }
    }

    private void bracket(char bracket) {
        ensure(1);
        bytes[length++] = (byte) bracket;
    }

    @SuppressWarnings(
            "deprecation") // getBytes(int, int, byte[], int) is the intrinsic copy for what is known to be ASCII
    private void ascii(String text) {
        ensure(text.length());
        text.getBytes(0, text.length(), bytes, length);
        length += text.length();
    }

    private void escape(String text, int end) {
        ensure(end * MAX_BYTES_PER_CHAR);
        byte[] to = bytes;
        int at = length;
        int i = 0;
        for (; i < end; i++) { // nearly all text is plain: one tight loop over locals
            char c = text.charAt(i);
            if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\') {
                break;
            }
            to[at++] = (byte) c;
        }
        length = at;
        for (; i < end; i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text.charAt(i + 1))) {
                utf8(Character.toCodePoint(c, text.charAt(++i)));
            } else {
                escape(c);
            }
        }
    }

    private void escape(char c) {
        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
            bytes[length++] = (byte) c;
        } else if (c < 0xa0) {
            escapeAscii(c);
        } else if (c == '\u2028' || c == '\u2029') {
            unicodeEscape(c);
        } else {
            utf8(Character.isSurrogate(c) ? 0xfffd : c);
        }
    }

    /** Quote, backslash and the control characters of both blocks, C0 and C1. */
    private void escapeAscii(char c) {
        byte shorthand = switch (c) {
            case '"', '\\' -> (byte) c;
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            default -> 0;
        };
        if (shorthand == 0) {
            unicodeEscape(c);
            return;
        }
        bytes[length++] = '\\';
        bytes[length++] = shorthand;
    }

    private void unicodeEscape(char c) {
        bytes[length++] = '\\';
        bytes[length++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(c >> shift) & 0xf];
        }
    }

    private void utf8(int c) {
        if (c < 0x800) {
            bytes[length++] = (byte) (0xc0 | (c >> 6));
        } else {
            if (c < 0x10000) {
                bytes[length++] = (byte) (0xe0 | (c >> 12));
            } else {
                bytes[length++] = (byte) (0xf0 | (c >> 18));
                bytes[length++] = (byte) (0x80 | ((c >> 12) & 0x3f));
            }
            bytes[length++] = (byte) (0x80 | ((c >> 6) & 0x3f));
        }
        bytes[length++] = (byte) (0x80 | (c & 0x3f));
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
