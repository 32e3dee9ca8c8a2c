package io.smokescreen.api;

import java.util.List;
import java.util.Optional;

/**
 * The header fields of a request, as the client sent them, read-only. Names are compared without regard to case.
 *
 * <p>Thread safety: valid, and safe to read, until the SPI that received it has answered.
 */
public interface Headers {

    /**
     * {@return all its values in the order of the request, empty where there is none}
     *
     * @param name the name of a field
     */
    List<String> all(String name);

    /**
     * {@return its first value, if there is one}
     *
     * @param name the name of a field
     */
    default Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }
}
