package io.smokescreen.internal.policy;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.RequestContext;
import io.smokescreen.api.RequestGate;
import java.util.Optional;

/**
 * The only way the engine asks a {@link RequestGate}: whatever the gate does, there is an answer, and where the gate did not
 * give one, it is a refusal.
 *
 * <p>Thread safety: as the gate's.
 */
public final class GuardedRequestGate {

    private final RequestGate gate;
    private final FailureLog failures = new FailureLog("RequestGate failed, the request is denied");

    /**
     * Creates one.
     *
     * @param gate the application's gate
     */
    public GuardedRequestGate(RequestGate gate) {
        this.gate = requireNonNull(gate, "gate");
    }

    /**
     * {@return the answer; never throws}
     *
     * @param request a request that the ACL allowed
     */
    public GateOutcome ask(RequestContext request) {
        Optional<String> refusal;
        try {
            refusal = gate.refusal(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failures.threw(e);
            return GateOutcome.FAILED;
        } catch (Throwable e) {
            // Errors too: a StackOverflowError or NoClassDefFoundError in a gate must not become a way past it.
            failures.threw(e);
            return GateOutcome.FAILED;
        }
        return failures.isNull(refusal) ? GateOutcome.FAILED : new GateOutcome(refusal, false);
    }
}
