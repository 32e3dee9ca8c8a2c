/** Open connections, canonical log lines, metrics, and the hygiene of text from outside. */
@NullMarked
package io.smokescreen.internal.track;

import org.jspecify.annotations.NullMarked;
