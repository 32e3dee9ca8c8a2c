package io.smokescreen.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AclPolicy;
import io.smokescreen.api.AclRequest;
import io.smokescreen.testing.CapturedLog;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GuardedAclPolicyTest {

    private static final AclRequest REQUEST = AclRequest.of("web", "a.test", 443);

    @RegisterExtension
    final CapturedLog log = new CapturedLog(FailureLog.class);

    static Stream<Throwable> throwables() {
        return Stream.of(
                new IllegalStateException("bug"),
                new IOException("checked"),
                new StackOverflowError(),
                new OutOfMemoryError("thrown by the test"),
                new NoClassDefFoundError("a.b.C"),
                new AssertionError(),
                new ExceptionThatCannotBePrinted());
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void policyThatThrows_denies(Throwable thrown) {
        AclOutcome outcome = new GuardedAclPolicy(request -> {
                    rethrow(thrown);
                    return AclDecision.allow("not reached");
                })
                .decide(REQUEST);
        assertThat(outcome.failed()).isTrue();
        assertThat(outcome.decision()).isEqualTo(AclDecision.deny("the ACL policy failed"));
    }

    @Test
    @SuppressWarnings("NullAway") // what an application without NullAway may do
    void policyThatReturnsNull_denies() {
        AclOutcome outcome = new GuardedAclPolicy(request -> null).decide(REQUEST);
        assertThat(outcome.failed()).isTrue();
        assertThat(outcome.decision().isAllowed()).isFalse();
        assertThat(log.events()).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getFormattedMessage()).contains("AclPolicy", "null");
        });
    }

    @Test
    void interruptedPolicy_deniesAndKeepsTheInterrupt() {
        AclOutcome outcome = new GuardedAclPolicy(request -> {
                    throw new InterruptedException();
                })
                .decide(REQUEST);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(outcome.failed()).isTrue();
    }

    @Test
    void interruptedPolicy_onAnEventLoop_leavesNoInterrupt_whichWouldCloseChannels() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("smokescreen"), NioIoHandler.newFactory()); // as in Engine
        try {
            GuardedAclPolicy policy = new GuardedAclPolicy(request -> {
                throw new InterruptedException();
            });
            Callable<Boolean> deniesUninterrupted = () -> policy.decide(REQUEST).failed() && !Thread.interrupted();
            assertThat(loops.submit(deniesUninterrupted).get()).isTrue();
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void policyThatWorks_isPassedOn() {
        AclDecision decision = AclDecision.report("as I say");
        AclOutcome outcome = new GuardedAclPolicy(request -> decision).decide(REQUEST);
        assertThat(outcome.failed()).isFalse();
        assertThat(outcome.decision()).isSameAs(decision);
        assertThat(log.events()).isEmpty();
    }

    @Test
    void sameFailureAgain_isLoggedOnceWithItsStack() {
        GuardedAclPolicy policy = new GuardedAclPolicy(request -> {
            throw new IllegalStateException("bug");
        });
        for (int i = 0; i < 1_000; i++) {
            policy.decide(REQUEST);
        }
        assertThat(log.events())
                .filteredOn(event -> event.getLevel().equals(Level.ERROR))
                .singleElement()
                .satisfies(event -> assertThat(event.getThrowableProxy().getStackTraceElementProxyArray())
                        .isNotEmpty());
    }

    @Test
    void everyKindOfFailure_isLogged() {
        AclPolicy[] policies = {
            request -> {
                throw new IllegalStateException();
            },
            request -> {
                throw new IllegalArgumentException();
            }
        };
        int[] next = {0};
        GuardedAclPolicy policy = new GuardedAclPolicy(request -> policies[next[0]++ % 2].decide(request));
        for (int i = 0; i < 10; i++) {
            policy.decide(REQUEST);
        }
        assertThat(log.events())
                .filteredOn(event -> event.getLevel().equals(Level.ERROR))
                .hasSize(2);
    }

    static void rethrow(Throwable thrown) throws Exception {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (Exception) thrown;
    }

    /** Loggers ask an exception for its message. */
    private static final class ExceptionThatCannotBePrinted extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }
}
