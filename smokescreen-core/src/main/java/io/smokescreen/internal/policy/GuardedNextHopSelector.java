package io.smokescreen.internal.policy;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.NextHopSelector;
import io.smokescreen.api.RequestContext;

/**
 * The only way the engine asks a {@link NextHopSelector}: whatever the selector does, there is an answer, and where the selector
 * did not give one, the request goes nowhere.
 *
 * <p>Thread safety: as the selector's.
 */
public final class GuardedNextHopSelector {

    private final NextHopSelector selector;
    private final Guard guard = new Guard("NextHopSelector failed, the request is denied");

    /**
     * Creates one.
     *
     * @param selector the application's selector
     */
    public GuardedNextHopSelector(NextHopSelector selector) {
        this.selector = requireNonNull(selector, "selector");
    }

    /**
     * {@return the answer; never throws}
     *
     * @param request a request that the ACL and the gate allowed
     */
    public NextHopSelection ask(RequestContext request) {
        return guard.ask(() -> selector.select(request))
                .map(hop -> new NextHopSelection(hop, false))
                .orElse(NextHopSelection.FAILED);
    }
}
