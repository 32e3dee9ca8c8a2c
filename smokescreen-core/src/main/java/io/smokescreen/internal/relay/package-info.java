/** Moves bytes until the end: tunnels and forwarded HTTP messages. */
@NullMarked
package io.smokescreen.internal.relay;

import org.jspecify.annotations.NullMarked;
