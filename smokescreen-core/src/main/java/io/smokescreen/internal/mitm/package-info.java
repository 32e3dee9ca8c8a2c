/** Certificates for looking inside of TLS: an authority, leaf certificates minted on demand, and the TLS made of them. */
@NullMarked
package io.smokescreen.internal.mitm;

import org.jspecify.annotations.NullMarked;
