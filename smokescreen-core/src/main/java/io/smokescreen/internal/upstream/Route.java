package io.smokescreen.internal.upstream;

import io.smokescreen.api.NextHop;
import io.smokescreen.internal.address.VettedAddress;
import java.util.List;

/** Which way a request goes. The addresses are those that a socket is connected to, in order of preference. */
public sealed interface Route {

    /** {@return the addresses to connect to; not empty} */
    List<VettedAddress> addresses();

    /**
     * Straight to the destination.
     *
     * @param addresses the destination's
     */
    record Direct(List<VettedAddress> addresses) implements Route {

        /** Checks that there is one. */
        public Direct {
            addresses = atLeastOne(addresses);
        }
    }

    /**
     * Through an external proxy.
     *
     * @param hop the proxy
     * @param addresses the proxy's
     */
    record Via(NextHop hop, List<VettedAddress> addresses) implements Route {

        /** Checks that there is an address. */
        public Via {
            addresses = atLeastOne(addresses);
        }
    }

    private static List<VettedAddress> atLeastOne(List<VettedAddress> addresses) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no address (expected at least one)");
        }
        return List.copyOf(addresses);
    }
}
