package io.smokescreen.internal.address;

import static java.util.Objects.requireNonNull;

import io.netty.util.concurrent.EventExecutor;
import io.smokescreen.api.Resolver;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only caller of a {@link Resolver}. Whatever the resolver does, there is one answer within the timeout: a throw, a
 * null and an empty list are failures, and what comes late is ignored. Messages are of fixed form, because they go to the
 * client and into the log.
 *
 * <p>Thread safety: safe from any thread, if the resolver is.
 */
final class GuardedResolver {

    /** How many addresses of one name are looked at. More are no use and would only make the proxy work. */
    static final int MAX_ADDRESSES = 256;

    static final String NO_SUCH_HOST = "no such host";
    static final String TIMED_OUT = "DNS lookup timed out";
    static final String RESOLVER_FAILED = "resolver failed";

    private static final Logger logger = LoggerFactory.getLogger(GuardedResolver.class);

    private final Resolver resolver;
    private final Duration timeout;
    private final AtomicBoolean failureLogged = new AtomicBoolean();

    GuardedResolver(Resolver resolver, Duration timeout) {
        this.resolver = requireNonNull(resolver, "resolver");
        this.timeout = requireNonNull(timeout, "timeout");
    }

    /** Looks up a name; the answer comes on the event loop, perhaps before this returns. Call it on the event loop. */
    Cancellable resolve(String name, EventExecutor loop, Consumer<Lookup> done) {
        Reply<Lookup> reply = new Reply<>(loop, done);
        CompletionStage<List<InetAddress>> stage;
        try {
            stage = requireNonNull(resolver.resolve(name), "Resolver.resolve returned null");
            stage.whenComplete((addresses, cause) -> reply.give(outcome(addresses, cause)));
        } catch (Throwable e) { // a resolver that fails in any way has found nothing
            reply.give(failed(e));
            return Cancellable.DONE;
        }
        if (reply.isDone()) {
            return Cancellable.DONE;
        }
        reply.orElseAfter(timeout, () -> {
            reply.give(new Lookup.Failed(TIMED_OUT, true));
            abandon(stage);
        });
        return () -> {
            if (!reply.isDone()) {
                reply.cancel();
                abandon(stage);
            }
        };
    }

    private Lookup outcome(@Nullable List<InetAddress> addresses, @Nullable Throwable cause) {
        if (cause != null) {
            return failed(cause);
        }
        try {
            List<InetAddress> found = requireNonNull(addresses, "Resolver.resolve completed with null").stream()
                    .filter(Objects::nonNull)
                    .map(Ip::plain)
                    .distinct()
                    .limit(MAX_ADDRESSES)
                    .toList();
            return found.isEmpty() ? new Lookup.Failed(NO_SUCH_HOST, false) : new Lookup.Found(found);
        } catch (RuntimeException e) { // null, or a list that is broken
            return failed(e);
        }
    }

    private Lookup failed(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof TimeoutException) {
            return new Lookup.Failed(TIMED_OUT, true);
        }
        if (cause instanceof DnsResolver.LookupException known) {
            return new Lookup.Failed(known.reason(), false);
        }
        if (cause instanceof UnknownHostException) {
            return new Lookup.Failed(NO_SUCH_HOST, false);
        }
        if (cause instanceof CancellationException) { // nobody waits any more, which is no failure of the resolver
            return new Lookup.Failed(RESOLVER_FAILED, false);
        }
        if (failureLogged.compareAndSet(false, true)) {
            logger.warn("The resolver failed; the request is refused. Further failures are not logged", cause);
        }
        return new Lookup.Failed(RESOLVER_FAILED, false);
    }

    /** Tells the resolver that nobody waits any more, if its stage can be told. */
    private static void abandon(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().cancel(false);
        } catch (RuntimeException e) { // toCompletableFuture is an optional operation
            logger.debug("The lookup cannot be cancelled", e);
        }
    }
}
