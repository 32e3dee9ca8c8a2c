/**
 * Measures a running proxy from outside, beside a comparator. Start at {@link io.smokescreen.benchmarks.load.LoadTest};
 * {@code compare-with-haproxy.sh} sets the whole scene.
 */
@NullMarked
package io.smokescreen.benchmarks.load;

import org.jspecify.annotations.NullMarked;
