/** Where measurements go: Prometheus asks for them, statsd is sent them. */
@NullMarked
package io.smokescreen.cli.metrics;

import org.jspecify.annotations.NullMarked;
