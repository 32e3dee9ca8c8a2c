package io.smokescreen.internal.address;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.List;

/**
 * What addresses are judged by: the part of the vetting that can be replaced while the proxy runs.
 *
 * <p>Thread safety: immutable; the filter is safe from any thread.
 *
 * @param filter judges addresses
 * @param deferred addresses that are used after all others, in this order
 */
public record VettingRules(GuardedAddressFilter filter, List<InetAddress> deferred) {

    /** Copies the list. */
    public VettingRules {
        requireNonNull(filter, "filter");
        deferred = List.copyOf(deferred);
    }
}
