/** TLS towards clients: keys and certificates from files, who is trusted, and who no longer is. */
@NullMarked
package io.smokescreen.internal.tls;

import org.jspecify.annotations.NullMarked;
