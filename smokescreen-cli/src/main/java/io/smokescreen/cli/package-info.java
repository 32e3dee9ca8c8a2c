/** The command {@code smokescreen}: from flags to a running proxy, and from a signal to its end. */
@NullMarked
package io.smokescreen.cli;

import org.jspecify.annotations.NullMarked;
