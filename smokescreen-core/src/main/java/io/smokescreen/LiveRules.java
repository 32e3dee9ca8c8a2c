package io.smokescreen;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.Metric;
import io.smokescreen.api.MetricsSink;
import io.smokescreen.internal.exchange.Ruleset;
import io.smokescreen.internal.tls.TlsContext;
import io.smokescreen.internal.track.TextHygiene;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules in force, behind one reference, and the only place where they are replaced.
 *
 * <p>Thread safety: asking is safe from any thread; reloads must not overlap.
 */
final class LiveRules {

    private static final Logger LOG = LoggerFactory.getLogger(LiveRules.class);
    private static final double MILLIS_PER_SECOND = 1e3;

    private final @Nullable RulesSource source;
    private final RulesCompiler compiler;
    private final MetricsSink metrics;
    private volatile ActiveRules active;

    private LiveRules(@Nullable RulesSource source, RulesCompiler compiler, MetricsSink metrics, Rules first) {
        this.source = source;
        this.compiler = compiler;
        this.metrics = metrics;
        this.active = compiler.compile(first);
    }

    /** Rules that stay as they are. */
    static LiveRules fixed(Rules rules, RulesCompiler compiler, MetricsSink metrics) {
        return new LiveRules(null, compiler, metrics, rules);
    }

    /**
     * Rules that can be loaded again.
     *
     * @throws ConfigurationException if they cannot be loaded or used now
     */
    static LiveRules from(RulesSource source, RulesCompiler compiler, MetricsSink metrics) {
        return new LiveRules(source, compiler, metrics, load(source));
    }

    Ruleset ruleset() {
        return active.ruleset();
    }

    Optional<TlsContext> tls() {
        return active.tls();
    }

    /** Tells how old the rules are, for an alarm on a reload that nobody asks for or that always fails. */
    void measureAge() {
        if (source != null) {
            double seconds = active.loadedAt().toEpochMilli() / MILLIS_PER_SECOND;
            metrics.record(Metric.ACL_RELOAD_TIME, seconds, List.of());
        }
    }

    /**
     * Loads the rules anew, checks all of them, and only then puts them in force.
     *
     * @throws ConfigurationException if anything is wrong with them; the old ones stay, all of them
     */
    ReloadReport reload() {
        RulesSource current = source;
        if (current == null) {
            throw new IllegalStateException(
                    "there is nothing to reload: the rules are fixed (expected SmokescreenBuilder.rules with a source)");
        }
        ActiveRules before = active;
        ActiveRules after;
        try {
            after = compiled(load(current), before);
        } catch (ConfigurationException e) {
            metrics.record(Metric.ACL_RELOAD_ERROR, 1, List.of());
            LOG.error("reload failed, the rules from before stay in force: {}", TextHygiene.line(message(e)));
            throw e;
        }
        active = after;
        metrics.record(Metric.ACL_RELOAD, 1, List.of());
        measureAge();
        ReloadReport report = RulesDiff.between(before.rules(), after.rules());
        log(report);
        return report;
    }

    private static void log(ReloadReport report) {
        LOG.atInfo()
                .addKeyValue("services_added", report.servicesAdded())
                .addKeyValue("services_removed", report.servicesRemoved())
                .addKeyValue("services_changed", report.servicesChanged())
                .addKeyValue("globs_added", report.globsAdded())
                .addKeyValue("globs_removed", report.globsRemoved())
                .addKeyValue("address_rules_added", report.addressRulesAdded())
                .addKeyValue("address_rules_removed", report.addressRulesRemoved())
                .addKeyValue("tls_changed", report.tlsChanged())
                .addKeyValue("changes", report.changes())
                .log(report.changes().isEmpty() ? "rules reloaded, nothing changed" : "rules reloaded");
    }

    private ActiveRules compiled(Rules rules, ActiveRules before) {
        try {
            return compiler.compile(rules, before);
        } catch (ConfigurationException e) {
            throw e;
        } catch (RuntimeException | Error e) { // of a library, for what a file holds: a failed reload like any other
            throw new ConfigurationException("the rules cannot be used: " + e, e);
        }
    }

    private static Rules load(RulesSource source) {
        try {
            Rules rules = source.load();
            if (rules == null) {
                throw new ConfigurationException("RulesSource.load returned null (expected rules)");
            }
            return rules;
        } catch (ConfigurationException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConfigurationException("loading the rules was interrupted", e);
        } catch (Throwable e) {
            // Errors too: a file that overflows a stack or a memory must not look like one that was loaded.
            throw new ConfigurationException("the rules cannot be loaded: " + reason(e), e);
        }
    }

    /** The message of a value that was refused says it all; others, such as that of a missing file, need their class. */
    private static String reason(Throwable e) {
        return e instanceof IllegalArgumentException && e.getMessage() != null ? e.getMessage() : e.toString();
    }

    private static String message(Throwable e) {
        return String.valueOf(e.getMessage());
    }
}
