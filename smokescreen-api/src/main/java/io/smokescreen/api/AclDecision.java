package io.smokescreen.api;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What an {@link AclPolicy} decided, and why.
 *
 * @param result whether the request goes on
 * @param reason why, in words for the client and the log
 * @param project the project the rule belongs to, or the empty string
 * @param defaultRule whether the default rule decided because the role has none of its own
 * @param matched the list entry that decided, as it is written in the list, if one did
 * @param mitm how to look inside the tunnel, if the rule asks for that
 */
public record AclDecision(
        Result result,
        String reason,
        String project,
        boolean defaultRule,
        Optional<String> matched,
        Optional<MitmSettings> mitm) {

    /** Checks that nothing is null. */
    public AclDecision {
        requireNonNull(result, "result");
        requireNonNull(reason, "reason");
        requireNonNull(project, "project");
        requireNonNull(matched, "matched");
        requireNonNull(mitm, "mitm");
    }

    /** The three results. */
    public enum Result {
        /** The request goes on. */
        ALLOW,
        /** The request goes on, and the log and the metrics tell that an enforcing rule would have denied it. */
        REPORT,
        /** The request is refused. */
        DENY
    }

    /**
     * {@return a decision that allows}
     *
     * @param reason why
     */
    public static AclDecision allow(String reason) {
        return new AclDecision(Result.ALLOW, reason, "", false, Optional.empty(), Optional.empty());
    }

    /**
     * {@return a decision that allows, and reports that it would have been denied}
     *
     * @param reason why
     */
    public static AclDecision report(String reason) {
        return new AclDecision(Result.REPORT, reason, "", false, Optional.empty(), Optional.empty());
    }

    /**
     * {@return a decision that denies}
     *
     * @param reason why; the client is told
     */
    public static AclDecision deny(String reason) {
        return new AclDecision(Result.DENY, reason, "", false, Optional.empty(), Optional.empty());
    }

    /**
     * {@return whether the request goes on: {@link Result#ALLOW} and {@link Result#REPORT} do}
     */
    public boolean isAllowed() {
        return result != Result.DENY;
    }
}
