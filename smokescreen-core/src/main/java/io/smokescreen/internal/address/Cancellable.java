package io.smokescreen.internal.address;

/** Work in progress that may be given up. */
@FunctionalInterface
public interface Cancellable {

    /** Nothing to give up. */
    Cancellable DONE = () -> {};

    /** Gives it up: the result is not delivered any more. Does nothing after it was. Call it on the event loop. */
    void cancel();
}
