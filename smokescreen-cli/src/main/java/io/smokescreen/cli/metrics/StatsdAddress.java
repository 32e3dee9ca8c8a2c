package io.smokescreen.cli.metrics;

import io.smokescreen.api.Destination;
import io.smokescreen.api.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a statsd is: a name or an IP address, and a UDP port.
 *
 * @param destination host and port
 */
record StatsdAddress(Destination destination) {

    private static final Pattern FORM =
            Pattern.compile("(?:\\[(?<ipv6>[^\\[\\]]+)]|(?<host>[^:\\[\\]]+)):(?<port>[1-9][0-9]{0,4})");

    /**
     * {@return the address}
     *
     * @throws IllegalArgumentException if the text is not {@code host:port}
     */
    static StatsdAddress parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || Integer.parseInt(form.group("port")) > Destination.MAX_PORT) {
            throw malformed(text);
        }
        boolean bracketed = form.group("ipv6") != null;
        Host host = Host.tryParse(bracketed ? form.group("ipv6") : form.group("host"))
                .filter(each -> !bracketed || each.text().contains(":"))
                .orElseThrow(() -> malformed(text));
        return new StatsdAddress(new Destination(host, Integer.parseInt(form.group("port"))));
    }

    /**
     * {@return the socket address; a name is looked up, which may take its time}
     *
     * @throws IOException if the name does not resolve
     */
    InetSocketAddress resolve() throws IOException {
        Host host = destination.host();
        InetAddress address = host.address().isPresent() ? host.address().get() : InetAddress.getByName(host.text());
        return new InetSocketAddress(address, destination.port());
    }

    @Override
    public String toString() {
        return destination.toString();
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("'" + text
                + "' is not the address of a statsd (expected IP:PORT or HOST:PORT such as '127.0.0.1:8200', an IPv6 address in"
                + " brackets)");
    }
}
