package io.smokescreen.internal.limit;

/** Leave to do something of which there is only so much at once. Whoever holds it gives it back, however that ends. */
@FunctionalInterface
public interface Permit extends AutoCloseable {

    /** Nothing is held. */
    Permit NONE = () -> {};

    /** Gives it back; further calls do nothing. Safe from any thread. */
    @Override
    void close();
}
