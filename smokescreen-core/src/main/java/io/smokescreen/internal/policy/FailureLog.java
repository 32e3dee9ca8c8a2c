package io.smokescreen.internal.policy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs failures of an application's code: each kind once with its stack at ERROR, the same again at DEBUG, so that a broken
 * policy is noticed and does not fill the disk. The metrics count them all.
 *
 * <p>Thread safety: safe from any thread; never throws.
 */
public final class FailureLog {

    /** Kinds are class names, which an application may make without end. */
    private static final int MAX_KINDS = 32;

    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

    private final String what;
    private final Set<String> kinds = ConcurrentHashMap.newKeySet();

    /**
     * Creates one.
     *
     * @param what the SPI and what follows from its failures, for example {@code AclPolicy failed, denying}
     */
    public FailureLog(String what) {
        this.what = what;
    }

    /** Logs what the application's code threw. */
    public void threw(Throwable failure) {
        log(failure.getClass().getName(), failure);
    }

    /** Returns whether the answer is null, which is a failure too, whatever the SPI's signature promises. */
    public boolean isNull(@Nullable Object answer) {
        if (answer == null) {
            log("it returned null", null);
        }
        return answer == null;
    }

    private void log(String kind, @Nullable Throwable failure) {
        try {
            if (kinds.size() < MAX_KINDS && kinds.add(kind)) {
                LOG.error("{}: {} (logged once; further ones at DEBUG)", what, kind, failure);
            } else {
                LOG.debug("{}: {}", what, kind, failure);
            }
        } catch (Throwable ignored) {
            // Printing an exception calls its code, which may throw again. The refusal stands, and is counted.
        }
    }
}
