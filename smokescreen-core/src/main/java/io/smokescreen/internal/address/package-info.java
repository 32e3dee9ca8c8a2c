/** From names to addresses, and from addresses to verdicts. */
@NullMarked
package io.smokescreen.internal.address;

import org.jspecify.annotations.NullMarked;
