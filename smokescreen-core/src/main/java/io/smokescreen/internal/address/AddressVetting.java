package io.smokescreen.internal.address;

import static java.util.Objects.requireNonNull;

import io.netty.util.concurrent.EventExecutor;
import io.smokescreen.api.Destination;
import io.smokescreen.api.Resolver;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns a destination into addresses that may be connected to: a name is looked up once, every address is judged, and only
 * those allowed come out, as {@link VettedAddress}.
 *
 * <p>An IP literal is judged as it is. {@code localhost} and names below it are 127.0.0.1 and ::1 (RFC 6761 §6.3) and never
 * a question to a resolver. If there is a policy executor, the filter runs there, and an answer later than the policy timeout
 * denies all addresses.
 *
 * <p>Thread safety: immutable; one serves all event loops.
 */
public final class AddressVetting {

    /** The addresses of {@code localhost} and the names below it. */
    private static final List<InetAddress> LOOPBACK = List.of(Ip.ofV4(0x7f00_0001), Ip.ofV6(0, 1));

    private final GuardedResolver resolver;
    private final @Nullable Executor policyExecutor;
    private final Duration policyTimeout;

    /**
     * Creates the stage.
     *
     * @param resolver finds the addresses of names
     * @param dnsTimeout how long a lookup may take
     * @param policyExecutor where the filter runs, or null for the event loop
     * @param policyTimeout how long the filter may take on the executor, for all addresses of a destination together
     */
    public AddressVetting(
            Resolver resolver, Duration dnsTimeout, @Nullable Executor policyExecutor, Duration policyTimeout) {
        this.resolver = new GuardedResolver(resolver, dnsTimeout);
        this.policyExecutor = policyExecutor;
        this.policyTimeout = requireNonNull(policyTimeout, "policyTimeout");
    }

    /**
     * Vets a destination. Call it on the event loop.
     *
     * @param destination where a client wants to go
     * @param rules what its addresses are judged by
     * @param loop the client's event loop
     * @param done called once with the result, on the event loop, perhaps before this method returns; never after the
     *     vetting was cancelled
     * @return what to cancel when the client leaves
     */
    public Cancellable vet(
            Destination destination, VettingRules rules, EventExecutor loop, Consumer<VettingResult> done) {
        Vetting vetting = new Vetting(destination, rules, loop, done);
        vetting.start();
        return vetting;
    }

    /** {@return the addresses of a destination that nobody has to be asked for; empty where it is a name to look up} */
    public static List<InetAddress> known(Destination destination) {
        return destination.host().isLocalhost()
                ? LOOPBACK
                : destination.host().address().map(List::of).orElse(List.of());
    }

    /**
     * {@return what comes of judging the addresses of a destination, here and now}
     *
     * @param addresses at least one
     */
    public static VettingResult judge(Destination destination, List<InetAddress> addresses, VettingRules rules) {
        return result(destination, judged(destination, addresses, rules), rules, 0);
    }

    private static List<JudgedAddress> judged(
            Destination destination, List<InetAddress> addresses, VettingRules rules) {
        return addresses.stream()
                .map(address -> new JudgedAddress(address, rules.filter().check(address, destination.port())))
                .toList();
    }

    private static VettingResult result(
            Destination destination, List<JudgedAddress> judged, VettingRules rules, long lookupNanos) {
        List<InetAddress> allowed = judged.stream()
                .filter(each -> each.verdict().isAllowed())
                .map(JudgedAddress::address)
                .toList();
        if (allowed.isEmpty()) {
            boolean literal = destination.host().address().isPresent();
            return new VettingResult.Denied(literal, judged, lookupNanos);
        }
        List<VettedAddress> vetted = AddressOrder.of(allowed, rules.deferred()).stream()
                .map(address -> new VettedAddress(address, destination.port()))
                .toList();
        return new VettingResult.Vetted(vetted, judged, lookupNanos);
    }

    /** One destination on its way. Event loop only. */
    private final class Vetting implements Cancellable {

        private final Destination destination;
        private final VettingRules rules;
        private final EventExecutor loop;
        private final Consumer<VettingResult> done;
        private final long startNanos = System.nanoTime();
        private long lookupNanos;
        private boolean cancelled;
        private Cancellable current = Cancellable.DONE;

        Vetting(Destination destination, VettingRules rules, EventExecutor loop, Consumer<VettingResult> done) {
            this.destination = destination;
            this.rules = rules;
            this.loop = loop;
            this.done = done;
        }

        void start() {
            List<InetAddress> known = known(destination);
            if (!known.isEmpty()) {
                judge(known);
                return;
            }
            proceed(resolver.resolve(destination.host().text(), loop, this::resolved));
        }

        @Override
        public void cancel() {
            cancelled = true;
            current.cancel();
        }

        /** Remembers what to cancel, unless a later step has begun already or there is nothing. */
        private void proceed(Cancellable step) {
            if (step != Cancellable.DONE) {
                current = step;
            }
        }

        private void resolved(Lookup lookup) {
            lookupNanos = System.nanoTime() - startNanos;
            if (lookup instanceof Lookup.Found found) {
                judge(found.addresses());
                return;
            }
            Lookup.Failed failed = (Lookup.Failed) lookup;
            done.accept(new VettingResult.ResolutionFailed(failed.message(), failed.timedOut(), lookupNanos));
        }

        private void judge(List<InetAddress> addresses) {
            if (policyExecutor == null) {
                judged(AddressVetting.judged(destination, addresses, rules));
                return;
            }
            Reply<List<JudgedAddress>> reply = new Reply<>(loop, this::judged);
            List<JudgedAddress> failed = addresses.stream()
                    .map(address -> new JudgedAddress(address, GuardedAddressFilter.FAILED))
                    .toList();
            reply.orElseAfter(policyTimeout, () -> reply.give(failed));
            current = reply::cancel;
            try {
                policyExecutor.execute(() -> reply.give(AddressVetting.judged(destination, addresses, rules)));
            } catch (RuntimeException e) { // full, shut down or broken: nobody can say yes
                reply.give(failed);
            }
        }

        private void judged(List<JudgedAddress> judged) {
            if (!cancelled) {
                done.accept(result(destination, judged, rules, lookupNanos));
            }
        }
    }
}
