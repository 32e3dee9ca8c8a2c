package io.smokescreen.internal.request;

import org.jspecify.annotations.Nullable;

/**
 * A part of a message's grammar, fed one byte at a time, so that a byte is looked at once however the input is split and a
 * violation shows with the first wrong byte. It accepts a strict subset of what Netty's decoder accepts and reads it the
 * same way; Netty sees only what passed.
 */
interface GrammarCheck {

    /**
     * Takes the next byte; not called once {@link #isComplete()}.
     *
     * @param octet the byte, 0 to 255
     * @return what is wrong, or null
     */
    @Nullable
    Malformation feed(int octet);

    boolean isComplete();

    /** Starts over. */
    void reset();
}
