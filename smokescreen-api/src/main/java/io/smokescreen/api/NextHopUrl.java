package io.smokescreen.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The URL of a proxy, read strictly: what is not plainly one is none, and nothing is repaired. */
final class NextHopUrl {

    private static final String HTTP = "http://";
    private static final String HTTPS = "https://";
    private static final String UNRESERVED_AND_SUB_DELIMITERS = "-._~!$&'()*+,;=";

    private NextHopUrl() {}

    static Optional<NextHop> parse(String url) {
        boolean tls = url.regionMatches(true, 0, HTTPS, 0, HTTPS.length());
        if (!tls && !url.regionMatches(true, 0, HTTP, 0, HTTP.length())) {
            return Optional.empty();
        }
        int start = tls ? HTTPS.length() : HTTP.length();
        int end = url.endsWith("/") && url.length() > start ? url.length() - 1 : url.length();
        // User and password hold no '@' but an encoded one, and so does the host, so that there is no second way to
        // read it.
        int at = url.lastIndexOf('@', end - 1);
        int defaultPort = tls ? NextHop.DEFAULT_HTTPS_PORT : NextHop.DEFAULT_HTTP_PORT;
        Optional<Destination> address = Destination.tryParse(url.substring(Math.max(start, at + 1), end), defaultPort);
        if (at < 0) {
            return address.map(host -> new NextHop(tls, host, Optional.empty()));
        }
        String credentials = basicCredentials(url.substring(start, at));
        return credentials == null
                ? Optional.empty()
                : address.map(host -> new NextHop(tls, host, Optional.of("Basic " + credentials)));
    }

    /** Reads {@code user:password} or {@code user} (RFC 3986 §3.2.1) for RFC 7617 §2; null where it is neither. */
    private static @Nullable String basicCredentials(String userInfo) {
        int colon = userInfo.indexOf(':');
        String user = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
        String password = colon < 0 ? "" : decoded(userInfo.substring(colon + 1));
        if (user == null || password == null || user.isEmpty() || user.indexOf(':') >= 0) {
            return null; // a colon in the user would be taken for the one before the password
        }
        return Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    }

    /** Resolves percent-encoding; null for anything that should have been encoded, and for what no user or password holds. */
    private static @Nullable String decoded(String text) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int octet = octet(text, i + 1);
                if (octet < 0) {
                    return null;
                }
                octets.write(octet);
                i += 2;
            } else if (isPlain(c)) {
                octets.write(c);
            } else {
                return null;
            }
        }
        try {
            String decoded = UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(octets.toByteArray()))
                    .toString();
            return decoded.chars().anyMatch(Character::isISOControl) ? null : decoded;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Returns what two hexadecimal digits say, -1 where there are none. */
    private static int octet(String text, int at) {
        if (at + 2 > text.length()) {
            return -1;
        }
        int high = hexDigit(text.charAt(at));
        int low = hexDigit(text.charAt(at + 1));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /** Not {@link Character#digit}, which knows digits of other scripts. */
    private static int hexDigit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == ':'
                || UNRESERVED_AND_SUB_DELIMITERS.indexOf(c) >= 0;
    }
}
