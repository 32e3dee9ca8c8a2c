/** A small HTTP server for what the command tells about itself, apart from the proxy. */
@NullMarked
package io.smokescreen.cli.http;

import org.jspecify.annotations.NullMarked;
