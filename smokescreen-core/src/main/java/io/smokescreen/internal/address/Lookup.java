package io.smokescreen.internal.address;

import java.net.InetAddress;
import java.util.List;

/** What came of looking up a name. */
sealed interface Lookup {

    /**
     * The name has addresses.
     *
     * @param addresses at least one, plain, without repetition, in the resolver's order
     */
    record Found(List<InetAddress> addresses) implements Lookup {}

    /**
     * The name was not resolved.
     *
     * @param message why, in words of our own
     * @param timedOut whether time ran out
     */
    record Failed(String message, boolean timedOut) implements Lookup {}
}
