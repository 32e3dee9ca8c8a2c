package io.smokescreen.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.Destination;
import io.smokescreen.api.RoleExtractor;
import io.smokescreen.testing.CapturedLog;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuardedRoleExtractorTest {

    private static final ClientRequest REQUEST = new ClientRequest(
            "CONNECT",
            Destination.of("a.test", 443),
            name -> List.of(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
            List.of());

    @RegisterExtension
    final CapturedLog log = new CapturedLog(FailureLog.class);

    @Test
    void role_isPassedOn() {
        assertThat(ask(RoleExtractor.constant("web"))).isEqualTo(RoleOutcome.of(Optional.of("web")));
    }

    @Test
    void noRole_isNoFailure() {
        assertThat(ask(RoleExtractor.none())).isEqualTo(RoleOutcome.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "a\u0000", "\u007f", "a\u0085", "\t"})
    void textThatIsNoRole_isNone(String role) {
        assertThat(ask(RoleExtractor.constant(role))).isEqualTo(RoleOutcome.NONE);
    }

    @Test
    void longestRole_isOneAndALongerOneIsNot() {
        String longest = "r".repeat(RoleExtractor.MAX_ROLE_LENGTH);
        assertThat(ask(RoleExtractor.constant(longest)).role()).contains(longest);
        assertThat(ask(RoleExtractor.constant(longest + "r")).role()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {" web", "Web", "a,b|c#d:e@f{g}h\"i", "\u540d\u524d"})
    void unusualRole_isTakenAsItStands(String role) {
        assertThat(ask(RoleExtractor.constant(role)).role()).contains(role);
    }

    @ParameterizedTest
    @MethodSource("io.smokescreen.internal.policy.GuardedAclPolicyTest#throwables")
    void extractorThatThrows_failed(Throwable thrown) {
        assertThat(ask(request -> {
                    GuardedAclPolicyTest.rethrow(thrown);
                    return Optional.of("not reached");
                }))
                .isEqualTo(RoleOutcome.FAILED);
    }

    @Test
    @SuppressWarnings({"NullAway", "NullOptional"}) // what an application without NullAway may do
    void extractorThatReturnsNull_failed() {
        assertThat(ask(request -> null)).isEqualTo(RoleOutcome.FAILED);
        assertThat(log.events()).singleElement().asString().contains("RoleExtractor", "null");
    }

    private static RoleOutcome ask(RoleExtractor extractor) {
        return new GuardedRoleExtractor(extractor).role(REQUEST).join();
    }
}
