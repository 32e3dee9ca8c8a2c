package io.smokescreen.internal.request;

import io.smokescreen.api.Destination;
import java.util.Optional;

/** Reads the authority of a request, where anything but a valid one makes the request malformed. */
final class Authority {

    private Authority() {}

    /** Reads an authority that must say its port, as CONNECT's. */
    static Destination parse(String text) throws MalformedMessageException {
        return require(Destination.tryParse(text));
    }

    /** Reads an authority that may leave out its port; one that ends in a colon does not. */
    static Destination parse(String text, int defaultPort) throws MalformedMessageException {
        return require(Destination.tryParse(text, defaultPort));
    }

    private static Destination require(Optional<Destination> read) throws MalformedMessageException {
        return read.orElseThrow(() -> new MalformedMessageException(Malformation.BAD_AUTHORITY));
    }
}
