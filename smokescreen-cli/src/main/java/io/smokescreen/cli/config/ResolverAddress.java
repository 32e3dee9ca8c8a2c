package io.smokescreen.cli.config;

import io.smokescreen.api.Destination;
import io.smokescreen.api.Host;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The address of a DNS server, {@code IP[:PORT]}. A name is refused: there is nobody to ask for its address yet. */
final class ResolverAddress {

    static final int DEFAULT_PORT = 53;

    /** Either an IPv6 address in brackets or text without a colon, then perhaps a port without leading zeros. */
    private static final Pattern WITH_PORT = Pattern.compile("(?:\\[([^\\]]+)]|([^:]+))(?::([1-9][0-9]{0,4}))?");

    private ResolverAddress() {}

    /**
     * {@return the address}
     *
     * @param text {@code 192.0.2.1}, {@code 192.0.2.1:5353}, {@code 2001:db8::1} or {@code [2001:db8::1]:5353}
     * @throws IllegalArgumentException if it is none of these
     */
    static InetSocketAddress parse(String text) {
        Optional<InetAddress> alone = address(text);
        if (alone.isPresent()) {
            return new InetSocketAddress(alone.get(), DEFAULT_PORT);
        }
        Matcher matcher = WITH_PORT.matcher(text);
        if (!matcher.matches()) {
            throw invalid(text);
        }
        boolean bracketed = matcher.group(1) != null;
        String ip = bracketed ? matcher.group(1) : matcher.group(2);
        if (bracketed != ip.contains(":")) {
            throw invalid(text);
        }
        InetAddress address = address(ip).orElseThrow(() -> invalid(text));
        int port = matcher.group(3) == null ? DEFAULT_PORT : Integer.parseInt(matcher.group(3));
        if (port > Destination.MAX_PORT) {
            throw invalid(text);
        }
        return new InetSocketAddress(address, port);
    }

    private static Optional<InetAddress> address(String text) {
        return Host.tryParse(text).flatMap(Host::address);
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is not the address of a DNS server (expected IP[:PORT], such"
                        + " as '192.0.2.53', '192.0.2.53:5353' or '[2001:db8::53]:53')");
    }
}
