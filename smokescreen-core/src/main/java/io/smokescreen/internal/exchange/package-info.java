/**
 * The order of the stages a request walks through, and the table of refusals.
 *
 * <p>Words that are near each other:
 *
 * <ul>
 *   <li>{@link io.smokescreen.internal.exchange.NextHops}: what is known of next hops before there is a request: configuration and
 *       selector; a {@code ChosenHop} is the one for a request;
 *   <li>{@code Routing}: the stage that chooses it and vets everything; {@code DryRouting} is the same without a socket;
 *   <li>{@code Way}: what routing finds: a {@link io.smokescreen.internal.upstream.Route}, what the connection is for, and what a
 *       next hop is asked for;
 *   <li>{@code Dialing}: the stage that has a connection opened on that way, by the {@link
 *       io.smokescreen.internal.upstream.Connector};
 *   <li>{@link io.smokescreen.internal.exchange.Hooks}: what an application has plugged in around a decision and its response. What
 *       it says to next hops is with the connector ({@link io.smokescreen.internal.upstream.NextHopHooks}).
 * </ul>
 */
@NullMarked
package io.smokescreen.internal.exchange;

import org.jspecify.annotations.NullMarked;
