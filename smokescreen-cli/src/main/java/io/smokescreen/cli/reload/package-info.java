/** Tells when files that the proxy was started with have changed. */
@NullMarked
package io.smokescreen.cli.reload;

import org.jspecify.annotations.NullMarked;
