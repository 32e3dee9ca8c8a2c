package io.smokescreen.internal.policy;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.NextHop;
import io.smokescreen.api.NextHopSelector;
import io.smokescreen.api.RequestContext;
import java.util.Optional;

/**
 * The only way the engine asks a {@link NextHopSelector}: whatever the selector does, there is an answer, and where the selector
 * did not give one, the request goes nowhere.
 *
 * <p>Thread safety: as the selector's.
 */
public final class GuardedNextHopSelector {

    private final NextHopSelector selector;
    private final FailureLog failures = new FailureLog("NextHopSelector failed, the request is denied");

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
        Optional<NextHop> hop;
        try {
            hop = selector.select(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failures.threw(e);
            return NextHopSelection.FAILED;
        } catch (Throwable e) {
            // Errors too: a StackOverflowError or NoClassDefFoundError in a selector must not become a direct
            // connection.
            failures.threw(e);
            return NextHopSelection.FAILED;
        }
        return failures.isNull(hop) ? NextHopSelection.FAILED : new NextHopSelection(hop, false);
    }
}
