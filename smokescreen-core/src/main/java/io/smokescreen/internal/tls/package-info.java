/**
 * TLS towards clients ({@link io.smokescreen.internal.tls.TlsContext}), and towards origins and next hops ({@link
 * io.smokescreen.internal.tls.UpstreamTls}): keys and certificates from files, who is trusted, and who no longer is.
 */
@NullMarked
package io.smokescreen.internal.tls;

import org.jspecify.annotations.NullMarked;
