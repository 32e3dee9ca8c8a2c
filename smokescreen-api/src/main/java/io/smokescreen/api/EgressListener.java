package io.smokescreen.api;

/**
 * Is told what the log tells, as values: each decision, and the end of each connection to a destination.
 *
 * <p><b>When:</b> once per request when its decision line is written, and once per connection when its close line is.
 *
 * <p><b>Thread:</b> must be thread-safe and return immediately (no remote calls); it is called on an event loop.
 *
 * <p><b>Failures:</b> a throw is swallowed, counted in {@code listener.failures}, and the first of each kind is logged.
 *
 * <p><b>Who sees it:</b> nobody else.
 *
 * <pre>{@code
 * EgressListener audit = event -> {
 *     if (event instanceof EgressEvent.Decided decided && !decided.allowed()) {
 *         queue.offer(decided);
 *     }
 * };
 * }</pre>
 */
@FunctionalInterface
public interface EgressListener {

    /**
     * Takes notice.
     *
     * @param event what happened
     * @throws Exception for whatever reason; it is swallowed
     */
    void on(EgressEvent event) throws Exception;

    /** {@return a listener that does nothing: the default} */
    static EgressListener none() {
        return event -> {};
    }
}
