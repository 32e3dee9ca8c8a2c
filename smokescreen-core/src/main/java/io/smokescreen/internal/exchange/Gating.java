package io.smokescreen.internal.exchange;

import io.smokescreen.api.RequestContext;
import io.smokescreen.internal.policy.GateOutcome;
import io.smokescreen.internal.policy.GuardedRequestGate;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The gate stage of an exchange: the application's word on a request that the ACL allowed. Event loop only. */
final class Gating {

    private final @Nullable GuardedRequestGate gate;
    private final Steps steps;
    private final Account account;

    Gating(Hooks hooks, Steps steps, Account account) {
        this.gate = hooks.gate();
        this.steps = steps;
        this.account = account;
    }

    /** Asks the gate, if there is one, and goes on with its refusal, if it refuses. */
    void ask(String host, Consumer<Optional<Rejection>> next) {
        GuardedRequestGate asked = gate;
        if (asked == null) {
            next.accept(Optional.empty());
            return;
        }
        RequestContext context = account.context().orElseThrow();
        steps.ask(() -> asked.ask(context), GateOutcome.FAILED, outcome -> {
            account.gated(outcome);
            next.accept(Decisions.gateRefusal(outcome, host));
        });
    }
}
