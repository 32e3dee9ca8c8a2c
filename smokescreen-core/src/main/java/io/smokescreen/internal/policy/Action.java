package io.smokescreen.internal.policy;

import io.smokescreen.api.AclDecision;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a rule does with a host that no list speaks of. */
enum Action {
    OPEN(AclDecision.Result.ALLOW, "rule has open enforcement policy"),
    REPORT(AclDecision.Result.REPORT, "rule has allow and report policy"),
    ENFORCE(AclDecision.Result.DENY, "rule has enforce policy");

    private final AclDecision.Result result;
    private final String reason;

    Action(AclDecision.Result result, String reason) {
        this.result = result;
        this.reason = reason;
    }

    /** Returns the action of this keyword; exact, as in Go: {@code Open} is none. */
    static Optional<Action> byKeyword(String keyword) {
        return Arrays.stream(values())
                .filter(action -> action.keyword().equals(keyword))
                .findFirst();
    }

    static List<String> keywords() {
        return Arrays.stream(values()).map(Action::keyword).toList();
    }

    String keyword() {
        return name().toLowerCase(Locale.ROOT);
    }

    AclDecision.Result result() {
        return result;
    }

    String reason() {
        return reason;
    }
}
