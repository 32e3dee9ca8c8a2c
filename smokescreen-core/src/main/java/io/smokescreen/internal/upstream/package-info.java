/** Opens channels to vetted addresses, and keeps idle ones for plain HTTP. */
@NullMarked
package io.smokescreen.internal.upstream;

import org.jspecify.annotations.NullMarked;
