package io.smokescreen.internal.address;

import static java.util.stream.Collectors.toMap;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the rules of a configuration say at an address: one answer for every port and, at single addresses only, answers
 * for some ports. This is where rules are weighed: the longest prefix first, then a rule with the port before one without,
 * then deny before allow. Only rules for single addresses have ports, so a port's answer always has the longest prefix.
 *
 * <p>Thread safety: immutable.
 */
final class RuleMatch {

    /** What a rule says. */
    enum Answer {
        /** No rule speaks of it. */
        NONE,
        /** A rule for a block of several addresses allows it. */
        ALLOW,
        /** A rule for just this address allows it. */
        ALLOW_EXACTLY,
        /** A rule denies it. */
        DENY;

        boolean isAllow() {
            return this == ALLOW || this == ALLOW_EXACTLY;
        }
    }

    /** Rules without ports share their matches, which keeps tables in the processor's cache. */
    private static final Map<Answer, RuleMatch> WITHOUT_PORTS = Arrays.stream(Answer.values())
            .collect(toMap(answer -> answer, answer -> new RuleMatch(answer, new int[0], new Answer[0])));

    /** No rule at all. */
    static final RuleMatch NOTHING = of(Answer.NONE, new int[0], new Answer[0]);

    private final Answer everyPort;
    private final int[] ports;
    private final Answer[] portAnswers;

    private RuleMatch(Answer everyPort, int[] ports, Answer[] portAnswers) {
        this.everyPort = everyPort;
        this.ports = ports;
        this.portAnswers = portAnswers;
    }

    private static RuleMatch of(Answer everyPort, int[] ports, Answer[] portAnswers) {
        RuleMatch shared = ports.length == 0 ? WITHOUT_PORTS.get(everyPort) : null;
        return shared != null ? shared : new RuleMatch(everyPort, ports, portAnswers);
    }

    /** {@return what the rules say of the port} */
    Answer at(int port) {
        if (ports.length > 0) {
            int index = Arrays.binarySearch(ports, port);
            if (index >= 0) {
                return portAnswers[index];
            }
        }
        return everyPort;
    }

    /** {@return this, with what it leaves open filled in from the block around it} */
    RuleMatch inside(RuleMatch around) {
        return everyPort == Answer.NONE ? of(around.everyPort, ports, portAnswers) : this;
    }

    /** {@return whether it says the same of every port, so that two segments can be one} */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RuleMatch match
                && match.everyPort == everyPort
                && Arrays.equals(match.ports, ports)
                && Arrays.equals(match.portAnswers, portAnswers);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(ports) + everyPort.hashCode();
    }

    /** Collects the rules that name the same block. */
    static final class Collector {

        private final Map<Integer, Answer> answers = new TreeMap<>();

        /** Adds a rule; with the same port, deny stays. */
        void add(AddressRule rule) {
            Answer allow = rule.block().isSingle() ? Answer.ALLOW_EXACTLY : Answer.ALLOW;
            Answer answer = rule.isAllow() ? allow : Answer.DENY;
            answers.merge(rule.port(), answer, (one, other) -> one == Answer.DENY ? one : other);
        }

        RuleMatch toMatch() {
            Answer everyPort = answers.getOrDefault(RuleParser.ANY_PORT, Answer.NONE);
            int[] ports = answers.keySet().stream()
                    .filter(port -> port > RuleParser.ANY_PORT)
                    .mapToInt(Integer::intValue)
                    .toArray();
            Answer[] portAnswers = Arrays.stream(ports).mapToObj(answers::get).toArray(Answer[]::new);
            return of(everyPort, ports, portAnswers);
        }
    }
}
