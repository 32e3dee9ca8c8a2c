package io.smokescreen.internal.policy;

import java.util.Optional;

/**
 * What came of asking a {@link io.smokescreen.api.RequestGate}.
 *
 * @param refusal why the request is refused; empty where it passes
 * @param failed whether the gate gave no answer, which is a refusal too
 */
public record GateOutcome(Optional<String> refusal, boolean failed) {

    /** The gate threw or answered null, or gave no answer in time. */
    public static final GateOutcome FAILED = new GateOutcome(Optional.of("the request gate failed"), true);
}
