/**
 * Runnable answers to the questions of a new user. Start with {@link io.smokescreen.examples.QuickTour}; it needs no
 * set-up and no network.
 */
@NullMarked
package io.smokescreen.examples;

import org.jspecify.annotations.NullMarked;
