/** The order of the stages a request walks through, and the table of refusals. */
@NullMarked
package io.smokescreen.internal.exchange;

import org.jspecify.annotations.NullMarked;
