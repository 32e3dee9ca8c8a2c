package io.smokescreen.internal.listener;

import java.net.InetAddress;
import java.util.function.Predicate;

/**
 * Whether connections begin with a PROXY protocol header, and whose is heard.
 *
 * @param required whether a connection without a header is closed
 * @param maySend tells of a TCP peer whether it may send a header; one from somebody else closes the connection
 * @param counts whether decisions go by what is announced, or only the log does
 */
public record ProxyProtocol(boolean required, Predicate<InetAddress> maySend, boolean counts) {

    /**
     * The longest header of version 2, in bytes. All extensions that HAProxy 2.6 and the cloud balancers send fit, at their
     * longest (address 36, authority 258, unique id 131, TLS with names 300, ALPN, checksum, NETNS); a whole client certificate
     * does not.
     */
    public static final int MAX_V2_HEADER_BYTES = 1_024;
}
