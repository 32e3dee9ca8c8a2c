package io.smokescreen.internal.exchange;

import io.smokescreen.api.NextHop;
import io.smokescreen.internal.upstream.Purpose;
import io.smokescreen.internal.upstream.Route;
import java.util.Optional;

/**
 * How a request gets to its destination, all of it vetted.
 *
 * @param route the addresses to connect to, and whether a next hop is there
 * @param purpose what the connection is for
 * @param connectTo what a next hop is asked to connect to
 */
record Way(Route route, Purpose purpose, String connectTo) {

    /** {@return the next hop that takes the request itself, with an absolute URI; empty where origins do} */
    Optional<NextHop> recipient() {
        return purpose == Purpose.HTTP ? nextHop() : Optional.empty();
    }

    /** {@return the next hop, if there is one} */
    Optional<NextHop> nextHop() {
        return route instanceof Route.Via via ? Optional.of(via.hop()) : Optional.empty();
    }
}
