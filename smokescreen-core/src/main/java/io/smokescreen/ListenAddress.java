package io.smokescreen;

import io.smokescreen.api.Destination;
import io.smokescreen.api.Host;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Text and port to a socket address, without ever resolving a name. */
final class ListenAddress {

    private ListenAddress() {}

    static InetSocketAddress of(String ip, int port) {
        InetAddress address = Host.tryParse(ip)
                .flatMap(Host::address)
                .orElseThrow(() -> new IllegalArgumentException(
                        "listen address '" + ip + "' (expected an IP address such as '127.0.0.1' or '::')"));
        if (port < 0 || port > Destination.MAX_PORT) {
            throw new IllegalArgumentException("listen port " + port + " (expected 0 to " + Destination.MAX_PORT + ")");
        }
        return new InetSocketAddress(address, port);
    }
}
