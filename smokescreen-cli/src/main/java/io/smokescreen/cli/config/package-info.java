/** The settings of the command: each defined once, with its flag, its key in the config file, its type and its default. */
@NullMarked
package io.smokescreen.cli.config;

import org.jspecify.annotations.NullMarked;
