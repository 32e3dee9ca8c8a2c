package io.smokescreen.cli.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Makes lines of events and holds them until they are written.
 *
 * <p>Thread safety: none, one thread owns it.
 */
interface LineEncoder {

    /** Adds the line of an event; if it throws, {@link #abandon} takes back what was begun. */
    void encode(ILoggingEvent event);

    /** Adds a line that tells how many lines are missing. */
    void encodeDropped(long dropped, long nowMillis);

    /** Takes back the line that was begun and not ended. */
    void abandon();

    /** {@return how many bytes are held} */
    int size();

    /** Writes all lines; they stay until {@link #clear}. */
    void writeTo(OutputStream out) throws IOException;

    /** Starts afresh. */
    void clear();
}
