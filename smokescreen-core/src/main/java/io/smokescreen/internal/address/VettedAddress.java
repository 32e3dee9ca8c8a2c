package io.smokescreen.internal.address;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Placeholder until the address package lands. */
public final class VettedAddress {
    private final InetSocketAddress socketAddress;

    VettedAddress(InetAddress address, int port) {
        this.socketAddress = new InetSocketAddress(address, port);
    }

    public InetSocketAddress socketAddress() {
        return socketAddress;
    }
}
