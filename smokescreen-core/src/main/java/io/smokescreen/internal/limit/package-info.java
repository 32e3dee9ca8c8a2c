/** Permits: how much is done at once, and how often. */
@NullMarked
package io.smokescreen.internal.limit;

import org.jspecify.annotations.NullMarked;
