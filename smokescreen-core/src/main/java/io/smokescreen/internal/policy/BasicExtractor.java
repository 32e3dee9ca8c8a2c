package io.smokescreen.internal.policy;

import io.smokescreen.api.ClientRequest;
import io.smokescreen.api.RoleExtractor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The role of a user who knows a password. Checking one takes a processor for a tenth of a second, which is the point of
 * bcrypt: it happens on threads of its own, half as many as there are processors so that the event loops keep theirs, for a
 * bounded number of clients at once. The threads end when nothing is to be checked, so there is nothing to close.
 *
 * <p>Thread safety: safe from any thread.
 */
public final class BasicExtractor implements RoleExtractor {

    /** How long checked credentials are remembered, in seconds. */
    public static final int REMEMBERED_SECONDS = 300;

    private static final String PROXY_AUTHORIZATION = "Proxy-Authorization";
    private static final List<String> CHALLENGES = List.of("Basic realm=\"smokescreen\"");
    private static final int MAX_REMEMBERED = 10_000;
    private static final int MAX_WAITING_PER_THREAD = 32;
    private static final int THREAD_LIFE_SECONDS = 1;

    private final Function<BasicCredentials, Optional<String>> check;
    private final CheckedCredentials checked;
    private final Executor threads;

    /**
     * Creates one.
     *
     * @param file the users
     */
    public BasicExtractor(PasswordFile file) {
        this(
                new PasswordCheck(file)::check,
                threads(Math.max(1, Runtime.getRuntime().availableProcessors() / 2)));
    }

    BasicExtractor(Function<BasicCredentials, Optional<String>> check, Executor threads) {
        this.check = check;
        this.checked = new CheckedCredentials(MAX_REMEMBERED, Duration.ofSeconds(REMEMBERED_SECONDS), System::nanoTime);
        this.threads = threads;
    }

    /** Always throws: whoever waited here might be an event loop. */
    @Override
    public Optional<String> role(ClientRequest request) {
        throw new UnsupportedOperationException("passwords take time to check: call roleAsync, or combine with orElse");
    }

    @Override
    public CompletionStage<Optional<String>> roleAsync(ClientRequest request) {
        Optional<BasicCredentials> credentials =
                BasicCredentials.parse(request.headers().all(PROXY_AUTHORIZATION));
        if (credentials.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return checked.get(credentials.get(), answer -> begin(credentials.get(), answer))
                .minimalCompletionStage();
    }

    @Override
    public List<String> challenges() {
        return CHALLENGES;
    }

    private void begin(BasicCredentials credentials, CompletableFuture<Optional<String>> answer) {
        try {
            threads.execute(() -> answer.completeAsync(() -> check.apply(credentials), Runnable::run));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(e);
        }
    }

    static ThreadPoolExecutor threads(int count) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                count,
                count,
                THREAD_LIFE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(count * MAX_WAITING_PER_THREAD),
                task -> {
                    Thread thread = new Thread(task, "smokescreen-passwords");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }
}
