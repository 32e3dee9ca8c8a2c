package io.smokescreen.internal.request;

import io.smokescreen.api.Destination;
import io.smokescreen.api.Host;

/** Reads {@code host:port} to a {@link Destination}. Nothing is decoded, mapped or repaired. */
final class Authority {

    private static final int MAX_PORT_DIGITS = 5;

    private Authority() {}

    /** Reads an authority that must say its port, as CONNECT's. */
    static Destination parse(String text) throws MalformedMessageException {
        int hostEnd = hostEnd(text);
        return new Destination(host(text.substring(0, hostEnd)), port(text.substring(hostEnd)));
    }

    /** Reads an authority that may leave out its port; one that ends in a colon does not. */
    static Destination parse(String text, int defaultPort) throws MalformedMessageException {
        int hostEnd = hostEnd(text);
        int port = hostEnd == text.length() ? defaultPort : port(text.substring(hostEnd));
        return new Destination(host(text.substring(0, hostEnd)), port);
    }

    private static int hostEnd(String text) {
        int end = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
        return end > 0 ? end : text.length();
    }

    private static Host host(String text) throws MalformedMessageException {
        boolean bracketed = text.length() > 2 && text.startsWith("[") && text.endsWith("]");
        String bare = bracketed ? text.substring(1, text.length() - 1) : text;
        if (bracketed != bare.indexOf(':') >= 0) {
            throw new MalformedMessageException(Malformation.BAD_AUTHORITY);
        }
        // Every list, question and log line goes by the canonical text, so it must be a fixed point.
        return Host.tryParse(bare)
                .filter(host -> Host.tryParse(host.text()).filter(host::equals).isPresent())
                .orElseThrow(() -> new MalformedMessageException(Malformation.BAD_AUTHORITY));
    }

    private static int port(String colonAndDigits) throws MalformedMessageException {
        String digits = colonAndDigits.isEmpty() ? "" : colonAndDigits.substring(1);
        boolean plain = colonAndDigits.startsWith(":")
                && !digits.isEmpty()
                && digits.length() <= MAX_PORT_DIGITS
                && digits.chars().allMatch(Octets::isDigit)
                && digits.charAt(0) != '0';
        int port = plain ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > Destination.MAX_PORT) {
            throw new MalformedMessageException(Malformation.BAD_AUTHORITY);
        }
        return port;
    }
}
