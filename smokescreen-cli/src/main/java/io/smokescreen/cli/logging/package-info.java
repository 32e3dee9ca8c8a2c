/** The command's log: JSON lines on standard output, written by one thread that requests never wait for. */
@NullMarked
package io.smokescreen.cli.logging;

import org.jspecify.annotations.NullMarked;
