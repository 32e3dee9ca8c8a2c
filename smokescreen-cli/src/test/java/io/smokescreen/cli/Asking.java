package io.smokescreen.cli;

import io.smokescreen.testing.RawClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Requests to a proxy in a process of its own, over plain sockets. */
final class Asking {

    private Asking() {}

    static InetSocketAddress addressOf(ChildProcess proxy) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port());
    }

    static RawClient connection(ChildProcess proxy) {
        return RawClient.connect(addressOf(proxy));
    }

    static String connect(String authority) {
        return "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
    }

    static String get(String authority) {
        return "GET http://" + authority + "/ HTTP/1.1\r\nHost: " + authority + "\r\nConnection: close\r\n\r\n";
    }

    /** {@return all of the answer to a request after which the proxy closes} */
    static String answer(ChildProcess proxy, String request) {
        try (RawClient client = connection(proxy)) {
            return client.send(request).readAllText();
        }
    }
}
