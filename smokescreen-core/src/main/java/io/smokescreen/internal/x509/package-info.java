/** Reads values out of certificates. */
@NullMarked
package io.smokescreen.internal.x509;

import org.jspecify.annotations.NullMarked;
