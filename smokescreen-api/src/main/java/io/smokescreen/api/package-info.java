/**
 * The interfaces an application plugs into Smokescreen, and the immutable values they speak.
 *
 * <h2>Starting points</h2>
 *
 * <ul>
 *   <li>{@link io.smokescreen.api.RoleExtractor}: who is asking;
 *   <li>{@link io.smokescreen.api.AclPolicy}: may that role reach that host;
 *   <li>{@link io.smokescreen.api.Resolver}: which addresses does that host have;
 *   <li>{@link io.smokescreen.api.AddressFilter}: may that address be contacted;
 *   <li>{@link io.smokescreen.api.MetricsSink}: where measurements go.
 * </ul>
 *
 * <h2>Further ones</h2>
 *
 * <ul>
 *   <li>{@link io.smokescreen.api.RequestGate}: the last word on what the ACL allowed;
 *   <li>{@link io.smokescreen.api.NextHopSelector}: which proxy is a request passed on to;
 *   <li>{@link io.smokescreen.api.NextHopConnectHook} and {@link io.smokescreen.api.NextHopTlsHook}: how is that proxy spoken to;
 *   <li>{@link io.smokescreen.api.SocketDialer}: how is a socket connected;
 *   <li>{@link io.smokescreen.api.ResponseDecorator}: what is added to what a client receives;
 *   <li>{@link io.smokescreen.api.EgressListener}: who is told what the log tells;
 *   <li>{@link io.smokescreen.api.HealthCheck}: what is a load balancer told.
 * </ul>
 *
 * <p>One method is enough to implement each, so that a lambda will do. Whatever those that a request depends on throw, return late
 * or return as {@code null} is a refusal, never a permission. No request depends on a {@code MetricsSink}, an {@code EgressListener} or a
 * {@code ResponseDecorator} of refusals: their failures are counted or logged, and no client notices. A {@code HealthCheck} that
 * fails is answered with 500.
 */
@NullMarked
package io.smokescreen.api;

import org.jspecify.annotations.NullMarked;
