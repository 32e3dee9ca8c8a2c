package io.smokescreen.internal.address;

import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.util.concurrent.Future;
import io.smokescreen.internal.address.DnsChain.Outcome;
import io.smokescreen.internal.address.DnsChain.Status;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks up one name at several servers within one deadline. Each server is asked for all types of records at once. The next
 * one is asked when the one before failed, or when its share of the time has passed without an answer; an answer of the
 * former still counts then, the first good one wins. A server that is the only one is asked twice.
 *
 * <pre>
 *   attempt 1  |--A----AAAA-- ... still listened to ... --|
 *   attempt 2            |--A----AAAA-- ...             --|   at once if attempt 1 failed
 *              0         share                            deadline
 * </pre>
 *
 * <p>Event loop only.
 */
final class DnsLookup {

    private final String name;
    private final DnsClient client;
    private final List<InetSocketAddress> attempts;
    private final List<DnsRecordType> types;
    private final CompletableFuture<List<InetAddress>> result;
    private final ObjLongConsumer<List<InetAddress>> complete;
    private final List<Attempt> begun = new ArrayList<>();
    private @Nullable Future<?> nextAttempt;
    private @Nullable Future<?> deadline;
    private boolean someServerFailed;

    /**
     * Prepares a lookup.
     *
     * @param result gets the addresses, or a {@link TimeoutException} or {@link DnsResolver.LookupException}
     * @param complete is told of complete answers with their TTL in seconds
     */
    DnsLookup(
            String name,
            DnsClient client,
            List<InetSocketAddress> servers,
            AddressFamilies families,
            CompletableFuture<List<InetAddress>> result,
            ObjLongConsumer<List<InetAddress>> complete) {
        this.name = name;
        this.client = client;
        this.attempts = servers.size() == 1 ? List.of(servers.get(0), servers.get(0)) : servers;
        this.types = families.recordTypes();
        this.result = result;
        this.complete = complete;
    }

    void start(Duration timeout) {
        if (result.isDone()) {
            return;
        }
        long share = timeout.toNanos() / attempts.size();
        deadline = client.loop().schedule(this::timedOut, timeout.toNanos(), TimeUnit.NANOSECONDS);
        nextAttempt = client.loop().scheduleAtFixedRate(this::shareHasPassed, share, share, TimeUnit.NANOSECONDS);
        beginAttempt();
    }

    /** Ends all that is under way: timers and sockets. */
    void abandon() {
        for (Future<?> timer : new Future<?>[] {deadline, nextAttempt}) {
            if (timer != null) {
                timer.cancel(false);
            }
        }
        begun.forEach(Attempt::cancel);
    }

    private void beginAttempt() {
        Attempt attempt = new Attempt(attempts.get(begun.size()));
        begun.add(attempt);
        attempt.start();
    }

    private void shareHasPassed() {
        for (Attempt attempt : begun) {
            if (attempt.hasAddresses()) {
                succeed(attempt); // the other family is late, and waiting for it further is worth less than going on
                return;
            }
        }
        if (begun.size() < attempts.size()) {
            beginAttempt();
        }
    }

    private void timedOut() {
        for (Attempt attempt : begun) {
            if (attempt.hasAddresses()) {
                succeed(attempt);
                return;
            }
        }
        fail(new TimeoutException(GuardedResolver.TIMED_OUT));
    }

    private void ended(Attempt attempt) {
        if (result.isDone()) {
            return;
        }
        if (attempt.hasAddresses()) {
            succeed(attempt);
            return;
        }
        Status status = attempt.worst();
        if (status.isFinal()) {
            fail(new DnsResolver.LookupException(
                    name, status == Status.BAD_ALIASES ? "too many aliases" : GuardedResolver.NO_SUCH_HOST));
            return;
        }
        someServerFailed |= status == Status.SERVER_FAILED;
        if (begun.size() < attempts.size()) {
            beginAttempt();
            return;
        }
        if (begun.stream().allMatch(Attempt::isComplete)) {
            fail(
                    someServerFailed
                            ? new DnsResolver.LookupException(name, "server failure")
                            : new TimeoutException(GuardedResolver.TIMED_OUT));
        }
    }

    private void succeed(Attempt attempt) {
        List<InetAddress> addresses = attempt.addresses();
        if (attempt.isComplete() && attempt.worst().isFinal()) {
            complete.accept(addresses, attempt.ttlSeconds());
        }
        result.complete(addresses);
        abandon();
    }

    private void fail(Exception cause) {
        result.completeExceptionally(cause);
        abandon();
    }

    /** All questions to one server. */
    private final class Attempt {

        private final InetSocketAddress server;
        private final List<DnsChain> chains = new ArrayList<>();
        private final Map<DnsRecordType, Outcome> outcomes = new HashMap<>();

        Attempt(InetSocketAddress server) {
            this.server = server;
        }

        void start() {
            for (DnsRecordType type : types) {
                DnsChain chain = new DnsChain(client, server, type, outcome -> {
                    outcomes.put(type, outcome);
                    if (isComplete()) {
                        ended(this);
                    }
                });
                chains.add(chain);
                chain.ask(name);
            }
        }

        void cancel() {
            chains.forEach(DnsChain::cancel);
        }

        boolean isComplete() {
            return outcomes.size() == types.size();
        }

        boolean hasAddresses() {
            return outcomes.values().stream().anyMatch(outcome -> outcome.status() == Status.FOUND);
        }

        List<InetAddress> addresses() {
            return types.stream()
                    .flatMap(type -> outcomes.getOrDefault(type, Outcome.none(Status.TIMED_OUT)).addresses().stream())
                    .toList();
        }

        long ttlSeconds() {
            return outcomes.values().stream()
                    .filter(outcome -> outcome.status() == Status.FOUND)
                    .mapToLong(Outcome::ttlSeconds)
                    .min()
                    .orElse(0);
        }

        /** The status furthest from an answer, in the order they are declared. */
        Status worst() {
            return outcomes.values().stream()
                    .map(Outcome::status)
                    .max(Enum::compareTo)
                    .orElse(Status.TIMED_OUT);
        }
    }
}
