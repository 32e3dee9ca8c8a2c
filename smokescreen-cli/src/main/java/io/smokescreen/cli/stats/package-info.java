/** Tells which connections are open, over a Unix socket. */
@NullMarked
package io.smokescreen.cli.stats;

import org.jspecify.annotations.NullMarked;
