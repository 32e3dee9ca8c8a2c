package io.smokescreen;

import static java.util.Objects.requireNonNull;

import io.smokescreen.internal.exchange.Advisers;
import io.smokescreen.internal.exchange.DryRun;
import io.smokescreen.internal.exchange.Hooks;
import io.smokescreen.internal.exchange.NextHops;
import io.smokescreen.internal.exchange.Ruleset;
import java.util.function.Supplier;

/** Decides on the calling thread, without look-ups. */
final class DryRunPolicy implements Policy {

    private final Supplier<Ruleset> rules;
    private final Hooks hooks;
    private final NextHops nextHops;

    /**
     * @param rules the rules in force
     * @param hooks what the application has plugged in
     * @param nextHops which external proxies requests are passed on to
     */
    DryRunPolicy(Supplier<Ruleset> rules, Hooks hooks, NextHops nextHops) {
        this.rules = rules;
        this.hooks = hooks;
        this.nextHops = nextHops;
    }

    @Override
    public PolicyVerdict check(String role, String host, int port) {
        String bracketed = requireNonNull(host, "host").indexOf(':') < 0 ? host : "[" + host + "]";
        return checkTarget(role, bracketed + ":" + port, "");
    }

    @Override
    public PolicyVerdict checkTarget(String role, String target, String nextHop) {
        return verdict(new DryRun(rules.get(), hooks, nextHops, Advisers.hereAndNow())
                .run(question(role, target, nextHop))
                .toCompletableFuture()
                .join()); // it is complete: nothing was waited for
    }

    static DryRun.Question question(String role, String target, String nextHop) {
        return new DryRun.Question(
                requireNonNull(role, "role"), requireNonNull(target, "target"), requireNonNull(nextHop, "nextHop"));
    }

    static PolicyVerdict verdict(DryRun.Result result) {
        return new PolicyVerdict(
                result.allowed(),
                result.code(),
                result.reason(),
                result.acl(),
                result.addresses(),
                result.nextHop(),
                result.nextHopAddresses());
    }
}
