package io.smokescreen.internal.request;

/** What the next byte is to a {@link StrictDecoder}. */
enum Phase {
    /** Nobody expects anything: a byte now breaks the stream. */
    IDLE,
    HEAD,
    BODY,
    /** A body without a byte: its end is to be handed on, which Netty cannot do as it takes nothing from the buffer. */
    EMPTY_BODY,
    /** A request's head was handed on, its body waits. */
    HELD_BODY,
    /** A request was handed on completely, the next one waits. */
    HELD_NEXT,
    /** Whatever comes is not HTTP/1 any more; it waits until the decoder is removed. */
    RAW,
    /** A violation was reported: whatever comes is discarded. */
    BROKEN;

    boolean isHeld() {
        return this == EMPTY_BODY || this == HELD_BODY || this == HELD_NEXT || this == RAW;
    }
}
