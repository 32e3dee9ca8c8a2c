package io.smokescreen.benchmarks;

import io.smokescreen.Acl;
import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AclRequest;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a decision costs, by the number of globs in the rule. The target is 300 ns and 200 B at every size; run with
 * {@code -prof gc} to see the bytes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class AclDecisionBenchmark {

    /** A power of two of requests, spread over the list, so that neither a branch nor a cache line is always the same. */
    private static final int REQUESTS = 1 << 12;

    /** The number of globs in the rule, half of them with a star. */
    @Param({"10", "1000", "10000", "100000"})
    int globs;

    private Acl acl;
    private AclRequest[] allowed;
    private AclRequest[] unlisted;
    private AclRequest deep;
    private int next;

    /** Loads an ACL of one rule. */
    @Setup
    public void load() {
        StringBuilder yaml = new StringBuilder("version: v1\nservices:\n- name: web\n  action: enforce\n");
        yaml.append("  allowed_domains:\n");
        for (int i = 0; i < globs; i++) {
            yaml.append("  - '").append(i % 2 == 0 ? "*." : "").append(name(i)).append("'\n");
        }
        yaml.append("global_deny_list: ['*.bad.test']\nglobal_allow_list: ['*.ntp.test']\n");
        acl = Acl.fromYaml("benchmark", yaml.toString());
        allowed = new AclRequest[REQUESTS];
        unlisted = new AclRequest[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            int glob = (int) ((long) i * 7919 % globs);
            // New strings, as a parser makes them: their hash codes are not known yet, nor are they the list's own.
            String listed = (glob % 2 == 0 ? "api." : "") + name(glob);
            allowed[i] = AclRequest.of("web", listed, 443);
            unlisted[i] = AclRequest.of("web", "x-" + listed + ".org", 443);
        }
        deep = AclRequest.of("web", "a.".repeat(120) + "example.com", 443);
    }

    /** A host that the rule lists. */
    @Benchmark
    public AclDecision allowed() {
        return acl.decide(allowed[next++ & (REQUESTS - 1)]);
    }

    /** A host that no list knows: the rule and both global lists are asked. */
    @Benchmark
    public AclDecision unlisted() {
        return acl.decide(unlisted[next++ & (REQUESTS - 1)]);
    }

    /** The longest host a client can send. */
    @Benchmark
    public AclDecision deep() {
        return acl.decide(deep);
    }

    private static String name(int i) {
        return "host-" + i + ".region-" + i % 13 + ".example.com";
    }
}
