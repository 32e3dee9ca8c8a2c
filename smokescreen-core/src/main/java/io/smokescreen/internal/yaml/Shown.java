package io.smokescreen.internal.yaml;

/** Text from a file or a certificate, made fit for one line of an error message. */
public final class Shown {

    private static final int MAX_CHARACTERS = 120;

    private Shown() {}

    /** Returns the text in quotes, with invisible characters escaped, cut where it is long. */
    public static String quoted(String text) {
        return "'" + plain(text) + "'";
    }

    /** Returns the text with invisible characters escaped, cut where it is long. */
    public static String plain(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(MAX_CHARACTERS).forEach(c -> {
            if (isVisible(c)) {
                shown.appendCodePoint(c);
            } else {
                shown.append(String.format(c > 0xffff ? "\\U%08x" : "\\u%04x", c));
            }
        });
        return text.codePointCount(0, text.length()) > MAX_CHARACTERS ? shown + "…" : shown.toString();
    }

    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
