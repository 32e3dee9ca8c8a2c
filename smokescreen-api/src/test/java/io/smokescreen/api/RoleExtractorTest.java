package io.smokescreen.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoleExtractorTest {

    private static final ClientRequest REQUEST = new ClientRequest(
            "CONNECT",
            Destination.of("a.test", 443),
            name -> List.of(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
            List.of());

    private final AtomicInteger asked = new AtomicInteger();
    private final RoleExtractor second = request -> {
        asked.incrementAndGet();
        return Optional.of("second");
    };

    @Test
    void orElse_firstFindsARole_secondIsNotAsked() throws Exception {
        assertThat(ask(RoleExtractor.constant("first").orElse(second))).contains("first");
        assertThat(asked).hasValue(0);
    }

    @Test
    void orElse_firstFindsNone_secondIsAsked() throws Exception {
        assertThat(ask(RoleExtractor.none().orElse(RoleExtractor.none()).orElse(second)))
                .contains("second");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "\u0000"})
    void orElse_firstFindsWhatIsNoRole_secondIsAsked(String noRole) throws Exception {
        assertThat(ask(RoleExtractor.constant(noRole).orElse(second))).contains("second");
    }

    @Test
    void orElse_firstFails_secondIsNotAsked() {
        RoleExtractor broken = request -> {
            throw new IOException("broken");
        };
        RoleExtractor brokenLater = later(CompletableFuture.failedFuture(new IOException("broken")));

        for (RoleExtractor first : List.of(broken, brokenLater)) {
            assertThatThrownBy(() -> ask(first.orElse(second))).hasMessageContaining("broken");
        }
        assertThat(asked).hasValue(0);
    }

    @Test
    void orElse_secondFails_theChainFails() {
        RoleExtractor broken = request -> {
            throw new IOException("broken");
        };

        assertThatThrownBy(() -> ask(RoleExtractor.none().orElse(broken))).hasMessageContaining("broken");
        assertThatThrownBy(() -> ask(later(CompletableFuture.completedFuture(Optional.empty()))
                        .orElse(broken)))
                .hasMessageContaining("broken");
    }

    @Test
    void orElse_firstAnswersLater_secondIsAskedThen() throws Exception {
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        CompletableFuture<Optional<String>> role =
                later(answer).orElse(second).roleAsync(REQUEST).toCompletableFuture();
        assertThat(role).isNotDone();
        assertThat(asked).hasValue(0);

        answer.complete(Optional.empty());

        assertThat(role).isCompletedWithValue(Optional.of("second"));
    }

    @Test
    @SuppressWarnings({"NullAway", "NullOptional"}) // what an application without NullAway may do
    void orElse_firstAnswersNull_theChainFails() {
        RoleExtractor broken = request -> null;

        assertThatThrownBy(() -> ask(broken.orElse(second))).hasRootCauseInstanceOf(NullPointerException.class);
        assertThat(asked).hasValue(0);
    }

    @Test
    void orElse_saysOfItselfWhatBothSay() {
        RoleExtractor both = later(new CompletableFuture<>()).orElse(RoleExtractor.none());

        assertThat(both.challenges()).containsExactly("Later");
        assertThat(both.orElse(both).challenges()).containsExactly("Later", "Later");
        assertThat(RoleExtractor.none().orElse(both).ownHeaders()).containsExactly("X-Later");
    }

    @Test
    void lambda_saysNothingOfItself() {
        assertThat(second.challenges()).isEmpty();
        assertThat(second.ownHeaders()).isEmpty();
    }

    /** As the proxy asks; {@code role} must agree wherever it answers at all. */
    private static Optional<String> ask(RoleExtractor extractor) throws Exception {
        CompletableFuture<Optional<String>> answer =
                extractor.roleAsync(REQUEST).toCompletableFuture();
        if (!answer.isCompletedExceptionally()) {
            assertThat(extractor.role(REQUEST)).isEqualTo(answer.join());
        }
        return answer.join();
    }

    private static RoleExtractor later(CompletableFuture<Optional<String>> answer) {
        return new RoleExtractor() {
            @Override
            public Optional<String> role(ClientRequest request) {
                return answer.join();
            }

            @Override
            public CompletionStage<Optional<String>> roleAsync(ClientRequest request) {
                return answer;
            }

            @Override
            public List<String> challenges() {
                return List.of("Later");
            }

            @Override
            public Set<String> ownHeaders() {
                return Set.of("X-Later");
            }
        };
    }
}
