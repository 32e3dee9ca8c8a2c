package io.smokescreen.internal.track;

/** The one place where text from outside is cut and cleaned before it reaches a log line, a header or a metric tag. */
public final class TextHygiene {

    /** The most characters of one text that a log line or a header repeats. */
    public static final int MAX_TEXT_LENGTH = 1_024;

    /** The most characters of a metric tag. */
    public static final int MAX_TAG_LENGTH = 128;

    private static final char REPLACEMENT = '\uFFFD';

    private TextHygiene() {}

    /** {@return the text on one line: cut, with every control character and line separator replaced} */
    public static String line(String text) {
        int length = Math.min(text.length(), MAX_TEXT_LENGTH);
        for (int i = 0; i < length; i++) {
            if (!isPlain(text.charAt(i))) {
                return replaced(text, length);
            }
        }
        return length == text.length() ? text : text.substring(0, length);
    }

    /** {@return the text as a tag value: cut, with everything outside {@code [A-Za-z0-9_.-]} replaced by {@code _}} */
    public static String tag(String text) {
        int length = Math.min(text.length(), MAX_TAG_LENGTH);
        StringBuilder clean = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            clean.append(isTagCharacter(c) ? c : '_');
        }
        return clean.toString();
    }

    private static String replaced(String text, int length) {
        StringBuilder clean = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            clean.append(isPlain(c) ? c : REPLACEMENT);
        }
        return clean.toString();
    }

    private static boolean isPlain(char c) {
        boolean control = c < 0x20 || (c >= 0x7f && c < 0xa0);
        boolean separator = c == '\u2028' || c == '\u2029';
        return !control && !separator && !Character.isSurrogate(c);
    }

    private static boolean isTagCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '.'
                || c == '-';
    }
}
