package io.smokescreen.internal.policy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What came of checking credentials, for some time and for as many as there is room for, those that are used stay longest. The
 * checks under way are in it too, so that a client that opens ten connections at once is checked once. Credentials that are
 * wrong are remembered like right ones: a client that keeps sending them must not keep others waiting.
 *
 * <p>Thread safety: safe from any thread; holds its lock for a look into a map.
 */
final class CheckedCredentials {

    private final int maxEntries;
    private final long lifeNanos;
    private final LongSupplier nanoTime;
    private final KeyedHash hash = new KeyedHash();
    private final Map<ByteBuffer, Check> entries;

    /** Least recently used first. */
    private final class Recent extends LinkedHashMap<ByteBuffer, Check> {

        private static final long serialVersionUID = 1;
        private static final int INITIAL_CAPACITY = 16;
        private static final float LOAD_FACTOR = 0.75f;

        Recent() {
            super(INITIAL_CAPACITY, LOAD_FACTOR, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Check> eldest) {
            return size() > maxEntries;
        }
    }

    private record Check(CompletableFuture<Optional<String>> answer, long sinceNanos) {}

    CheckedCredentials(int maxEntries, Duration life, LongSupplier nanoTime) {
        this.maxEntries = maxEntries;
        this.lifeNanos = life.toNanos();
        this.nanoTime = nanoTime;
        this.entries = new Recent();
    }

    /**
     * {@return the answer, which may be another caller's}
     *
     * @param begin starts a check, where there is none, which completes what it is given; a failure is not remembered
     */
    CompletableFuture<Optional<String>> get(
            BasicCredentials credentials, Consumer<CompletableFuture<Optional<String>>> begin) {
        ByteBuffer key = ByteBuffer.wrap(hash.of(credentials.joined()));
        long now = nanoTime.getAsLong();
        Check fresh = new Check(new CompletableFuture<>(), now);
        synchronized (entries) {
            Check known = entries.get(key);
            if (known != null && now - known.sinceNanos < lifeNanos) {
                return known.answer;
            }
            entries.put(key, fresh);
        }
        var unused = fresh.answer.whenComplete((role, failure) -> forgetFailure(key, fresh, failure));
        begin.accept(fresh.answer);
        return fresh.answer;
    }

    private void forgetFailure(ByteBuffer key, Check entry, @Nullable Throwable failure) {
        if (failure != null) {
            synchronized (entries) {
                entries.remove(key, entry);
            }
        }
    }
}
