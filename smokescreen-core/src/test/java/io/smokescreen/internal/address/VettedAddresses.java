package io.smokescreen.internal.address;

import java.net.InetSocketAddress;

/** Makes vetted addresses for tests of what connects to them. */
public final class VettedAddresses {

    private VettedAddresses() {}

    public static VettedAddress of(InetSocketAddress address) {
        return new VettedAddress(address.getAddress(), address.getPort());
    }
}
