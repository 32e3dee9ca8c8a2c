/**
 * Opens channels to vetted addresses, and keeps idle ones for plain HTTP.
 *
 * <p>Its words, from what is wanted to the socket:
 *
 * <ul>
 *   <li>{@link io.smokescreen.internal.upstream.Route}: straight to the destination or by way of a next hop, and the vetted
 *       addresses of the one a socket is connected to;
 *   <li>{@link io.smokescreen.internal.upstream.Order}: a connection that an exchange needs, with its route and its {@link
 *       io.smokescreen.internal.upstream.Purpose};
 *   <li>{@link io.smokescreen.internal.upstream.Connector}: takes orders, gives channels;
 *   <li>{@code Opening}: one order that is more than a socket, on its way: the dial, then TLS and CONNECT. What the application has to
 *       say there are the {@link io.smokescreen.internal.upstream.NextHopHooks};
 *   <li>{@link io.smokescreen.internal.upstream.Dialer}: takes addresses, gives sockets; a {@code Dial} is one such attempt, which
 *       tries them in turn;
 *   <li>{@code Sockets}: what a dial opens each of its sockets with, the proxy's own way or the application's.
 * </ul>
 */
@NullMarked
package io.smokescreen.internal.upstream;

import org.jspecify.annotations.NullMarked;
