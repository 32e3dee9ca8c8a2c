package io.smokescreen.internal.request;

/** The character classes of RFC 9110 §5.6.2 and RFC 9112, on single bytes (0 to 255). */
final class Octets {

    static final int HT = '\t';
    static final int LF = '\n';
    static final int CR = '\r';
    static final int SP = ' ';

    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (int c = '0'; c <= 'z'; c++) {
            TOKEN[c] = (c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a');
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private Octets() {}

    static boolean isToken(int octet) {
        return TOKEN[octet];
    }

    /** VCHAR: visible ASCII. */
    static boolean isVisible(int octet) {
        return octet > SP && octet < 0x7f;
    }

    /** What may stand in a field value or a reason phrase: HT, SP, VCHAR, obs-text. */
    static boolean isFieldContent(int octet) {
        return octet == HT || (octet >= SP && octet != 0x7f);
    }

    static boolean isDigit(int octet) {
        return octet >= '0' && octet <= '9';
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hexValue(int octet) {
        return octet < 0x80 ? Character.digit((char) octet, 16) : -1;
    }
}
