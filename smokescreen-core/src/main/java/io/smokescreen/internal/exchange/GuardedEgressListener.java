package io.smokescreen.internal.exchange;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.EgressEvent;
import io.smokescreen.api.EgressListener;
import io.smokescreen.api.Metric;
import io.smokescreen.api.MetricsSink;
import io.smokescreen.internal.policy.FailureLog;
import java.util.List;
import java.util.function.Consumer;

/**
 * The only way the engine tells an {@link EgressListener}: what it throws never reaches a request, and is counted.
 *
 * <p>Thread safety: as the listener's.
 */
public final class GuardedEgressListener implements Consumer<EgressEvent> {

    private final EgressListener listener;
    private final MetricsSink metrics;
    private final FailureLog failures = new FailureLog("EgressListener failed, it has missed an event");

    /**
     * @param listener the application's listener
     * @param metrics where failures are counted; does not throw
     */
    public GuardedEgressListener(EgressListener listener, MetricsSink metrics) {
        this.listener = requireNonNull(listener, "listener");
        this.metrics = metrics;
    }

    @Override
    public void accept(EgressEvent event) {
        try {
            listener.on(event);
        } catch (Throwable e) {
            // Errors too: nobody's request depends on who takes notice of it.
            failures.threw(e);
            metrics.record(Metric.LISTENER_FAILURES, 1, List.of());
        }
    }
}
