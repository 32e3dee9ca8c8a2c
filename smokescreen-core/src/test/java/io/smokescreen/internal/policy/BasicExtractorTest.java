package io.smokescreen.internal.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.Destination;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When passwords are checked, how often, and how many at once. */
class BasicExtractorTest {

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final AtomicInteger checks = new AtomicInteger();
    private final BasicExtractor extractor = new BasicExtractor(this::check, tasks::add);

    @Test
    void check_runsOnItsOwnThreads_andTheAnswerComesLater() {
        CompletableFuture<Optional<String>> answer = ask("web", "right");
        assertThat(answer).isNotDone();

        tasks.remove().run();

        assertThat(answer).isCompletedWithValue(Optional.of("web"));
    }

    @Test
    void requestWithoutCredentials_isAnsweredAtOnce() {
        assertThat(extractor.roleAsync(request(List.of())).toCompletableFuture())
                .isCompletedWithValue(Optional.empty());
        assertThat(tasks).isEmpty();
    }

    @Test
    void sameCredentials_areCheckedOnce_rightOrWrong() {
        for (String password : List.of("right", "wrong")) {
            CompletableFuture<Optional<String>> first = ask("web", password);
            CompletableFuture<Optional<String>> meanwhile = ask("web", password);
            tasks.remove().run();

            assertThat(ask("web", password)).isCompleted();
            assertThat(meanwhile).isCompletedWithValue(first.join());
            assertThat(tasks).isEmpty();
        }
        assertThat(checks).hasValue(2);
    }

    @Test
    void otherCredentials_areCheckedThemselves() {
        ask("web", "right");
        tasks.remove().run();

        assertThat(ask("we", "b:right")).isNotDone();
        assertThat(ask("web", "right ")).isNotDone();
        assertThat(ask("web2", "right")).isNotDone();
        assertThat(tasks).hasSize(3);
    }

    @Test
    void checkThatFails_fails_andIsNotRemembered() {
        CompletableFuture<Optional<String>> answer = ask("broken", "right");
        tasks.remove().run();

        assertThat(answer).isCompletedExceptionally();
        assertThat(ask("broken", "right")).isNotDone();
    }

    @Test
    void executorThatIsFull_isSaid_andNotRemembered() {
        List<Runnable> accepted = new ArrayList<>();
        BasicExtractor full = new BasicExtractor(this::check, task -> {
            if (accepted.isEmpty()) {
                accepted.add(task);
                throw new RejectedExecutionException("full");
            }
            task.run();
        });
        ClientRequest request = request(List.of(field("web", "right")));

        assertThat(full.roleAsync(request).toCompletableFuture())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(RejectedExecutionException.class);
        assertThat(full.roleAsync(request).toCompletableFuture()).isCompletedWithValue(Optional.of("web"));
    }

    @Test
    void threads_areBounded_soIsWhatWaitsForThem_andTheyEnd() throws InterruptedException {
        ThreadPoolExecutor threads = BasicExtractor.threads(2);
        CountDownLatch release = new CountDownLatch(1);
        Runnable task = () -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        for (int i = 0; i < 2 + 64; i++) {
            threads.execute(task);
        }
        assertThatThrownBy(() -> threads.execute(task)).isInstanceOf(RejectedExecutionException.class);

        release.countDown();
        await().atMost(Duration.ofSeconds(60)).until(() -> threads.getPoolSize() == 0);
    }

    @Test
    void remembered_forALimitedTime() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10); // and over the end of the clock
        CheckedCredentials checked = new CheckedCredentials(10, Duration.ofNanos(100), now::get);
        BasicCredentials web = PasswordCheckTest.credentials(field("web", "right"));
        checked.get(web, answer -> answer.complete(check(web)));

        now.addAndGet(99);
        checked.get(web, answer -> answer.complete(check(web)));
        assertThat(checks).hasValue(1);

        now.addAndGet(1);
        checked.get(web, answer -> answer.complete(check(web)));
        assertThat(checks).hasValue(2);
    }

    @Test
    void remembered_forALimitedNumber_theUsedOnesLongest() {
        CheckedCredentials checked = new CheckedCredentials(10, Duration.ofDays(1), System::nanoTime);
        BasicCredentials web = PasswordCheckTest.credentials(field("web", "right"));
        for (int i = 0; i < 100; i++) {
            BasicCredentials guess = PasswordCheckTest.credentials(field("web", "guess " + i));
            checked.get(guess, answer -> answer.complete(Optional.empty()));
            checked.get(web, answer -> answer.complete(check(web)));
        }
        assertThat(checks).hasValue(1);

        BasicCredentials old = PasswordCheckTest.credentials(field("web", "guess 0"));
        checked.get(old, answer -> answer.complete(check(old)));
        assertThat(checks).hasValue(2);
    }

    @Test
    void role_neverWaits() {
        assertThatThrownBy(() -> extractor.role(request(List.of(field("web", "right")))))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    private Optional<String> check(BasicCredentials credentials) {
        checks.incrementAndGet();
        if (credentials.user().equals("broken")) {
            throw new IllegalStateException("broken");
        }
        return new String(credentials.password(), UTF_8).equals("right")
                ? Optional.of(credentials.user())
                : Optional.empty();
    }

    private CompletableFuture<Optional<String>> ask(String user, String password) {
        return extractor.roleAsync(request(List.of(field(user, password)))).toCompletableFuture();
    }

    private static ClientRequest request(List<String> fields) {
        return new ClientRequest(
                "CONNECT",
                Destination.of("a.test", 443),
                name -> name.equals("Proxy-Authorization") ? fields : List.of(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                List.of());
    }

    private static String field(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    }
}
