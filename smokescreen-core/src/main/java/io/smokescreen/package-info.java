/**
 * The embeddable egress proxy.
 *
 * <h2>Starting points</h2>
 *
 * <ul>
 *   <li>{@link io.smokescreen.Smokescreen#builder()}: assemble and start a proxy;
 *   <li>{@link io.smokescreen.Acl}: the ACL as a YAML file;
 *   <li>{@link io.smokescreen.RulesSource}: rules that can be replaced while the proxy runs;
 *   <li>{@link io.smokescreen.Roles}: who a certificate belongs to;
 *   <li>{@link io.smokescreen.AddressRules}: which addresses may be contacted;
 *   <li>{@link io.smokescreen.TlsOptions}: TLS towards clients;
 *   <li>{@link io.smokescreen.MitmOptions}: look inside of TLS where the ACL says so;
 *   <li>{@link io.smokescreen.OriginTlsOptions}: TLS towards origins, where the proxy speaks it itself;
 *   <li>{@link io.smokescreen.NextHopOptions}: pass traffic on to other proxies;
 *   <li>{@link io.smokescreen.Policy}: ask for a decision without a socket, for example in a unit test.
 * </ul>
 */
@NullMarked
package io.smokescreen;

import org.jspecify.annotations.NullMarked;
