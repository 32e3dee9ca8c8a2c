package io.smokescreen.internal.exchange;

import static java.util.concurrent.CompletableFuture.completedFuture;

import io.smokescreen.api.AddressVerdict;
import io.smokescreen.api.Destination;
import io.smokescreen.api.NextHop;
import io.smokescreen.api.RequestContext;
import io.smokescreen.internal.address.VettingResult;
import io.smokescreen.internal.address.VettingRules;
import io.smokescreen.internal.policy.GuardedNextHopSelector;
import io.smokescreen.internal.policy.NextHopSelection;
import io.smokescreen.internal.request.Request;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The part of a {@link DryRun} that {@link Routing} is of an exchange. */
final class DryRouting {

    private final NextHops nextHops;
    private final VettingRules rules;
    private final Advisers advisers;

    DryRouting(NextHops nextHops, VettingRules rules, Advisers advisers) {
        this.nextHops = nextHops;
        this.rules = rules;
        this.advisers = advisers;
    }

    /**
     * The way of a request.
     *
     * @param refusal why there is none
     * @param addresses what the filter said of each address of the destination, as far as they are known
     * @param nextHop the next hop, if there is one
     * @param nextHopAddresses the same of those of the next hop; empty where it did not come to that
     */
    record Found(
            Optional<Rejection> refusal,
            Map<InetSocketAddress, AddressVerdict> addresses,
            Optional<NextHop> nextHop,
            Map<InetSocketAddress, AddressVerdict> nextHopAddresses) {}

    CompletionStage<Found> find(Request request, RequestContext context) {
        GuardedNextHopSelector selector = nextHops.selector();
        return selector == null
                ? selected(request, NextHopSelection.NONE)
                : advisers.select(selector, context).thenCompose(selection -> selected(request, selection));
    }

    private CompletionStage<Found> selected(Request request, NextHopSelection selection) {
        if (selection.failed()) {
            Optional<Rejection> refusal = Optional.of(Rejections.selectorFailed(request));
            return completedFuture(new Found(refusal, Map.of(), Optional.empty(), Map.of()));
        }
        Optional<ChosenHop> hop = nextHops.choose(selection, request);
        return advisers.vet(request.destination(), rules).thenCompose(result -> {
            Optional<Rejection> refusal = result.flatMap(judged -> Rejections.of(request, judged));
            Found found =
                    new Found(refusal, byAddress(request.destination(), result), hop.map(ChosenHop::hop), Map.of());
            return hop.isEmpty() || refusal.isPresent()
                    ? completedFuture(found)
                    : vetHop(request, hop.get(), found.addresses());
        });
    }

    private CompletionStage<Found> vetHop(
            Request request, ChosenHop chosen, Map<InetSocketAddress, AddressVerdict> destination) {
        NextHop hop = chosen.hop();
        return advisers.vet(hop.address(), chosen.rules(rules))
                .thenApply(result -> new Found(
                        result.flatMap(judged -> Rejections.ofNextHop(request, hop, judged)),
                        destination,
                        Optional.of(hop),
                        byAddress(hop.address(), result)));
    }

    private static Map<InetSocketAddress, AddressVerdict> byAddress(
            Destination destination, Optional<VettingResult> result) {
        Map<InetSocketAddress, AddressVerdict> verdicts = new LinkedHashMap<>();
        result.ifPresent(vetting -> vetting.judged()
                .forEach(each ->
                        verdicts.put(new InetSocketAddress(each.address(), destination.port()), each.verdict())));
        return verdicts;
    }
}
