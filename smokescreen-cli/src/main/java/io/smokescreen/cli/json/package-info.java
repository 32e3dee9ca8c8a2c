/** JSON that the command writes: log lines, answers of subcommands. */
@NullMarked
package io.smokescreen.cli.json;

import org.jspecify.annotations.NullMarked;
