/** Who started the process, hands it its listening socket and wants to hear how it is: Einhorn, systemd. */
@NullMarked
package io.smokescreen.cli.supervisor;

import org.jspecify.annotations.NullMarked;
