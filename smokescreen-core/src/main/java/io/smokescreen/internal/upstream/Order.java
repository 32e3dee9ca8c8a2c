package io.smokescreen.internal.upstream;

import io.smokescreen.api.Destination;
import io.smokescreen.api.RequestContext;
import java.util.function.Supplier;

/**
 * A connection that an exchange needs.
 *
 * @param route which way to go, vetted
 * @param destination where to; TLS with it is verified for its host
 * @param purpose what for
 * @param connectTo what a next hop is asked to connect to, {@code host:port}: the destination, or the address vetted for it
 * @param context the request, for hooks
 */
public record Order(
        Route route, Destination destination, Purpose purpose, String connectTo, Supplier<RequestContext> context) {}
