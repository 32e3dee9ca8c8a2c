package io.smokescreen.internal.address;

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

    /** Returns the address and port. */
    @Override
    public String toString() {
        return socketAddress.toString();
    }
}
