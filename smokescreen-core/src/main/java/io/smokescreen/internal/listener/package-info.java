/** Accepts connections: bind, pipeline, TLS, deadlines, drain. */
@NullMarked
package io.smokescreen.internal.listener;

import org.jspecify.annotations.NullMarked;
