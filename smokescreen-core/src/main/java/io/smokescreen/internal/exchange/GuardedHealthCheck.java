package io.smokescreen.internal.exchange;

import io.smokescreen.api.HealthCheck;
import io.smokescreen.internal.policy.FailureLog;

/**
 * The only way the engine asks a {@link HealthCheck}: whatever it does, there is an answer.
 *
 * <p>Thread safety: as the health check's.
 */
public final class GuardedHealthCheck {

    private static final HealthCheck.Answer FAILED = new HealthCheck.Answer(500, "the health check failed");

    private final HealthCheck check;
    private final FailureLog failures = new FailureLog("HealthCheck failed, answering 500");

    public GuardedHealthCheck(HealthCheck check) {
        this.check = check;
    }

    /** {@return the answer, 500 where there is none; never throws} */
    HealthCheck.Answer check(boolean draining) {
        HealthCheck.Answer answer;
        try {
            answer = check.check(draining);
        } catch (Throwable e) {
            // Errors too: whoever asks must learn that something is wrong.
            failures.threw(e);
            return FAILED;
        }
        return failures.isNull(answer) ? FAILED : answer;
    }
}
