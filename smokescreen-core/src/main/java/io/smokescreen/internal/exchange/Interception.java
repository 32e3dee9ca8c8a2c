package io.smokescreen.internal.exchange;

import io.smokescreen.api.Destination;
import io.smokescreen.api.NextHop;
import java.util.Optional;

/**
 * A tunnel that the proxy looks into: what the requests inside inherit from its CONNECT.
 *
 * @param destination where the CONNECT goes to
 * @param role the role of its client
 * @param traceId its name in logs, or empty text
 * @param nextHop the proxy that its client wants it to go through
 */
record Interception(Destination destination, Optional<String> role, String traceId, Optional<NextHop> nextHop) {}
