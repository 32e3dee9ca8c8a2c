package io.smokescreen.internal.address;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.AddressVerdict;
import java.net.InetAddress;

/**
 * An address of a destination, and what was said of it.
 *
 * @param address the address
 * @param verdict the verdict
 */
public record JudgedAddress(InetAddress address, AddressVerdict verdict) {

    /** Checks that nothing is null. */
    public JudgedAddress {
        requireNonNull(address, "address");
        requireNonNull(verdict, "verdict");
    }
}
