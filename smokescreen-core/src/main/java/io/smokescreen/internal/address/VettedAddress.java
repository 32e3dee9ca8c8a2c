package io.smokescreen.internal.address;

import io.smokescreen.api.Destination;
import io.smokescreen.api.Host;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * An address and port that were judged and allowed. Only the vetting makes one, and the dialer takes nothing else: this is
 * how the compiler holds that nothing is connected to that was not judged.
 *
 * <p>Thread safety: immutable.
 */
public final class VettedAddress {

    private final InetSocketAddress socketAddress;

    VettedAddress(InetAddress address, int port) {
        this.socketAddress = new InetSocketAddress(address, port);
    }

    /** {@return the address} */
    public InetAddress address() {
        return socketAddress.getAddress();
    }

    /** {@return the port} */
    public int port() {
        return socketAddress.getPort();
    }

    /** {@return both, resolved} */
    public InetSocketAddress socketAddress() {
        return socketAddress;
    }

    /** {@return both, as text for others: {@code ip:port}, an IPv6 address in brackets} */
    public String authority() {
        return new Destination(Host.of(address()), port()).toString();
    }

    /** Returns the address and port. */
    @Override
    public String toString() {
        return socketAddress.toString();
    }
}
