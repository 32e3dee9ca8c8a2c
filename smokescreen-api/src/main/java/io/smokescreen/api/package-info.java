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
 * <p>Each has one method, so that a lambda is enough. Whatever they throw, return late or return as {@code null} is a
 * refusal, never a permission.
 */
@NullMarked
package io.smokescreen.api;

import org.jspecify.annotations.NullMarked;
