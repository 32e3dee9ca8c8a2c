package io.smokescreen.internal.policy;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.RequestContext;
import io.smokescreen.api.RequestGate;

/**
 * The only way the engine asks a {@link RequestGate}: whatever the gate does, there is an answer, and where the gate did not
 * give one, it is a refusal.
 *
 * <p>Thread safety: as the gate's.
 */
public final class GuardedRequestGate {

    private final RequestGate gate;
    private final Guard guard = new Guard("RequestGate failed, the request is denied");

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
        return guard.ask(() -> gate.refusal(request))
                .map(refusal -> new GateOutcome(refusal, false))
                .orElse(GateOutcome.FAILED);
    }
}
