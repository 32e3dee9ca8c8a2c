/** The command's log: lines on standard output, JSON or text, written by one thread that requests never wait for. */
@NullMarked
package io.smokescreen.cli.logging;

import org.jspecify.annotations.NullMarked;
